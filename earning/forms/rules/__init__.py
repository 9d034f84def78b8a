"""The forms of earning rules in the administration, one for each command and kind."""

from earning.forms.rules.each_kind import ADD, EDIT
from earning.forms.rules.states import ActivateRuleForm, EndRuleForm, KeepRuleForm, PauseRuleForm

STATES = {"activate": ActivateRuleForm, "pause": PauseRuleForm, "end": EndRuleForm, "keep": KeepRuleForm}
"""What puts a rule in and out of force."""
__all__ = ["ADD", "EDIT", "STATES"]

"""The forms of earning rules in the administration, one for each command and kind."""

from earning.forms.rules.content import ADD, EDIT
from earning.forms.rules.states import ActivateRuleForm, PauseRuleForm

__all__ = ["ADD", "EDIT", "ActivateRuleForm", "PauseRuleForm"]

"""The forms of reward campaigns."""

from loyalty.admin.forms import CommandForm
from rewards.forms.batches import MakeCodesForm, SharedCodeForm
from rewards.forms.rewards.content import AddRewardForm, ChangeRewardForm
from rewards.forms.rewards.giving import GiveToSegmentForm
from rewards.forms.rewards.states import ActivateRewardForm, CloneRewardForm, EndRewardForm, KeepRewardForm, PauseRewardForm
from rewards.forms.rewards.trial import TryRewardForm
from rewards.forms.uploads import CodesFileForm, ListedFileForm

__all__ = ["ADD", "CHANGE", "ActivateRewardForm", "AddRewardForm", "ChangeRewardForm"]
ADD: dict[str, type[CommandForm]] = {"add-reward": AddRewardForm}
CHANGE: dict[str, type[CommandForm]] = {
    "edit": ChangeRewardForm,
    "try": TryRewardForm,
    "activate": ActivateRewardForm,
    "give-to-segment": GiveToSegmentForm,
    "give-to-list": ListedFileForm,
    "make-codes": MakeCodesForm,
    "shared-code": SharedCodeForm,
    "upload-codes": CodesFileForm,
    "pause": PauseRewardForm,
    "end": EndRewardForm,
    "keep": KeepRewardForm,
    "copy": CloneRewardForm,
}

"""Pages that change staff, roles and tokens. These are plain tables: the forms write them in a transaction of their own."""

from loyalty.staff.forms.plain import PlainForm
from loyalty.staff.forms.roles import AddRoleForm, DeleteRoleForm, EditRoleForm
from loyalty.staff.forms.tokens import IssueTokenForm, RevokeTokenForm
from loyalty.staff.forms.users import ActivateUserForm, AddUserForm, DeactivateUserForm, EditUserForm, EndSessionsForm, ResetFactorForm

__all__ = [
    "ActivateUserForm",
    "AddRoleForm",
    "AddUserForm",
    "DeactivateUserForm",
    "DeleteRoleForm",
    "EditRoleForm",
    "EditUserForm",
    "EndSessionsForm",
    "IssueTokenForm",
    "PlainForm",
    "ResetFactorForm",
    "RevokeTokenForm",
]

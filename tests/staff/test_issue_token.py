"""Tokens from the command line."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from loyalty.api.authentication import principal_of


def issued(*arguments: str) -> str:
    said = StringIO()
    call_command("issue_token", *arguments, stdout=said)
    return said.getvalue().strip()


def test_a_token_acts_for_its_user(tenant, admin_user) -> None:
    principal = principal_of(issued(tenant.code, "--user", admin_user.email.upper()))
    assert principal is not None
    assert (principal.tenant_id, principal.user_id, principal.kind) == (tenant.id, admin_user.id, "staff")


def test_a_program_has_a_role_of_its_own(tenant) -> None:
    principal = principal_of(issued(tenant.code, "--role", "seller", "--name", "till at the door"))
    assert principal is not None
    assert (principal.kind, principal.user_id, principal.may("staff.edit_tokens")) == ("token", None, False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody-here", "--role", "seller"), "no tenant with the code nobody-here"),
        (("{tenant}", "--role", "emperor"), r"no role emperor\. Its roles are: administrator, marketer, owner, reporter, seller, support"),
        (("{tenant}", "--user", "nobody@example.com"), "no active member of staff nobody@example.com"),
    ],
)
def test_what_is_not_there_is_told(tenant, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        issued(*(a.format(tenant=tenant.code) for a in arguments))


def test_another_tenants_staff_are_not_found(tenant, other_tenant, admin_user) -> None:
    with pytest.raises(CommandError, match="no active member of staff"):
        issued(other_tenant.code, "--user", admin_user.email)

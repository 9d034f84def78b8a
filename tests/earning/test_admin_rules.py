"""Earning rules in the administration: added, activated, edited, paused; refused at the field at fault."""

from __future__ import annotations

from typing import Any

import pytest

from earning.models import Rule
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.support.pages import field_of, text_of

RULES = "/admin/earning/rule/"

COFFEE = {"name": "Cà phê", "points": "2,5", "per": "10.000", "rounding": "floor"}


def test_a_rule_is_added_activated_edited_and_paused(tenant: Tenant, admin_site: Any) -> None:
    assert "Add earning rule" in text_of(admin_site.get(RULES))
    assert admin_site.get(f"{RULES}add-rule/").status_code == 200
    answer = admin_site.post(f"{RULES}add-rule/", COFFEE, follow=True)
    with reading(tenant.id):
        rule = Rule.objects.get()
    page = f"{RULES}{rule.id}/"
    assert answer.redirect_chain == [(f"{page}change/", 302)]
    for shown in ("Cà phê is added as a draft.", "2.5 points for each ₫10,000 spent, in proportion, rounded down.", "Draft", "never"):
        assert shown in text_of(answer), shown
    assert "Cà phê is active." in text_of(admin_site.post(f"{page}activate/", {}, follow=True))
    assert admin_site.get(f"{page}activate/").status_code == 404
    form = admin_site.get(f"{page}edit/").content.decode()
    for value in ('value="2.5"', 'value="10,000"', 'value="1"'):
        assert value in form, value
    said = text_of(admin_site.post(f"{page}edit/", COFFEE | {"points": "3", "whole_steps": "on", "seen_version": "1"}, follow=True))
    for shown in ("Cà phê is changed.", "3 points for each full ₫10,000 spent.", "since", "Administrator"):
        assert shown in said, shown
    stale = admin_site.post(f"{page}edit/", COFFEE | {"seen_version": "1"})
    assert stale.status_code == 422
    assert "it is at version 2, you saw version 1" in text_of(stale)
    assert "Cà phê is paused." in text_of(admin_site.post(f"{page}pause/", {}, follow=True))
    said = text_of(admin_site.get(RULES))
    assert "3 points for each full ₫10,000 spent." in said
    assert "Paused" in said
    history = text_of(admin_site.get(f"{page}history/"))
    assert history.index("Paused") < history.index("Changed") < history.index("Drafted")


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": " "}, "name", "This field is required."),
        ({"name": "x" * 121}, "name", "at most 120 characters"),
        ({"points": ""}, "points", "This field is required."),
        ({"points": "many"}, "points", "Enter a number without separators of thousands"),
        ({"points": "1.000"}, "points", "Enter a number without separators of thousands"),
        ({"points": "0"}, "points", "above zero"),
        ({"points": "9" * 12}, "points", "at most 1,000,000"),
        ({"per": "0"}, "per", "Enter an amount above zero."),
        ({"per": "9" * 40}, "per", "This amount is too large."),
        ({"per": "ten"}, "per", "Enter an amount, for example"),
        ({"rounding": "x"}, "rounding", "Select a valid choice"),
    ],
)
def test_a_wrong_rule_is_said_at_its_field(tenant: Tenant, admin_site: Any, changes: dict[str, str], field: str, sentence: str) -> None:
    page = admin_site.post(f"{RULES}add-rule/", COFFEE | changes)
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    assert sentence in field_of(page, field)
    with reading(tenant.id):
        assert not Rule.objects.exists()


def test_full_width_digits_are_numbers_too(tenant: Tenant, admin_site: Any) -> None:
    admin_site.post(f"{RULES}add-rule/", COFFEE | {"points": "２", "per": "１０．０００"})
    with reading(tenant.id):
        assert Rule.objects.get().terms["points_per_amount"]["per"] == 10_000

"""What looks wrong about a rule is said while it is typed, beside the sentence that it makes."""

from __future__ import annotations

from typing import Any

from earning.models import Rule
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.shops import Shops
from tests.earning.test_rule_form import COFFEE, HTMX, RULES
from tests.support.client import ApiClient
from tests.support.pages import form_of, text_of

LOOK = "Look at this before you save"
NEVER = "What it asks for can never be so at once"


def test_a_new_rule_that_asks_for_what_cannot_be_is_warned_of_before_it_is_saved(admin_site: Any, api: ApiClient) -> None:
    set_id = api.post("/api/v1/level-sets/ready-made", {"starter": "classic"}).json()["set_id"]
    api.post(f"/api/v1/level-sets/{set_id}/activate")
    page = f"{RULES}add-rule/"
    typed = form_of(admin_site.get(page)) | COFFEE
    assert LOOK not in text_of(admin_site.post(page, typed, headers=HTMX))
    wrong = typed | {"levels_any": ["gold"], "levels_none": ["gold"]}
    said = text_of(admin_site.post(page, wrong | {"name": ""}, headers=HTMX))
    assert LOOK in said
    assert NEVER in said
    assert LOOK not in text_of(admin_site.post(page, wrong | {"points": "many"}, headers=HTMX)), "first what is not complete"


def test_a_rule_for_a_level_of_a_draft_is_told_that_it_counts_once_the_set_is_active(admin_site: Any, api: ApiClient) -> None:
    set_id = api.post("/api/v1/level-sets/ready-made", {"starter": "classic"}).json()["set_id"]
    page = f"{RULES}add-rule/"
    blank = admin_site.get(page)
    assert "Gold (level set not active)" in text_of(blank)
    typed = form_of(blank) | COFFEE | {"levels_any": ["gold"]}
    said = text_of(admin_site.post(page, typed, headers=HTMX))
    assert "It names a level that counts only once its level set is active: gold." in said
    assert "no level set has" not in said
    api.post(f"/api/v1/level-sets/{set_id}/activate")
    assert LOOK not in text_of(admin_site.post(page, typed, headers=HTMX))
    api.post(f"/api/v1/level-sets/{set_id}/deactivate")
    assert "only once its level set is active: gold." in text_of(admin_site.post(page, typed, headers=HTMX))


def test_a_change_is_looked_at_beside_other_rules_and_not_beside_what_the_rule_said_before(
    tenant: Tenant, shops: Shops, admin_site: Any
) -> None:
    with reading(tenant.id):
        mine = Rule.objects.get(tenant_id=tenant.id)
    page = f"{RULES}{mine.id}/edit/"
    typed = form_of(admin_site.get(page))
    assert LOOK not in text_of(admin_site.post(page, typed | {"points": "3"}, headers=HTMX))
    new = f"{RULES}add-rule/"
    said = text_of(admin_site.post(new, form_of(admin_site.get(new)) | COFFEE, headers=HTMX))
    assert LOOK in said
    assert mine.name in said

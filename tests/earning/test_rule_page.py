"""The page of a rule: trying it on a purchase, what was done to it, and putting it in and out of force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from earning import queries
from earning.commands import CreateRule, Limit, ProductPoints, RecordPurchase, RuleScope, Selection, Terms
from earning.models import Movement, Rule
from loyalty.house import formats
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.given import line, per
from tests.earning.shops import Shops
from tests.pos.given import say
from tests.support.client import visitor
from tests.support.pages import text_of

RULES = "/admin/earning/rule/"
HTMX = {"HX-Request": "true"}


def drafted(tenant: Tenant, terms: Terms, scope: RuleScope | None = None) -> UUID:
    rule_id: UUID = say(tenant, CreateRule(name="Tried", terms=terms, scope=scope or RuleScope())).rule_id
    return rule_id


def tried(site: Any, rule_id: UUID, shops: Shops, **changes: str) -> str:
    told = {"place": str(shops.corner), "customer": "0912345678", "total": "120.000"}
    return text_of(site.post(f"{RULES}{rule_id}/try/", told | changes, headers=HTMX))


def test_a_draft_is_tried_beside_what_is_in_force_and_nothing_is_written(tenant: Tenant, shops: Shops, admin_site: Any) -> None:
    rule_id = drafted(tenant, per(1_000), RuleScope(minimum=100_000, limits=(Limit(of="points", most=50),)))
    before = count_of(tenant)
    said = tried(admin_site, rule_id, shops)
    assert "This rule 50 points All rules together 62 points Without this rule 12 points" in said
    said = tried(admin_site, rule_id, shops, total="90.000")
    assert "This rule 0 points All rules together 9 points" in said
    for part in ("✗ Purchases of at least ₫100,000.", "Seen: ₫90,000", "Not all it asks for was met."):
        assert part in said, said
    assert count_of(tenant) == before


@pytest.mark.parametrize("only", [Selection(categories=("Coffee",)), Selection(makers=("Sen",))])
def test_a_rule_on_a_category_or_a_maker_is_tried_on_lines_that_have_them(
    tenant: Tenant, shops: Shops, admin_site: Any, only: Selection
) -> None:
    rule_id = drafted(tenant, ProductPoints(points=Decimal(7), only=only))
    matching = {"lines_0_category": "coffee", "lines_0_maker": "SEN", "lines_0_total": "30.000"}
    assert "This rule 7 points" in tried(admin_site, rule_id, shops, total="", **matching)
    others = matching | {"lines_0_category": "Tea", "lines_0_maker": "Other"}
    assert "This rule 0 points" in tried(admin_site, rule_id, shops, total="", **others)


def test_what_a_trial_gives_is_what_recording_then_gives(tenant: Tenant, shops: Shops, admin_site: Any) -> None:
    rule_id = drafted(tenant, ProductPoints(points=Decimal(3)), RuleScope(stops=True))
    lines = {"lines_0_sku": "CF-1", "lines_0_quantity": "2", "lines_0_total": "90.000", "lines_1_total": "30.000"}
    assert "All rules together 21 points" in tried(admin_site, rule_id, shops, total="", **lines)
    admin_site.post(f"{RULES}{rule_id}/activate/", {})
    now = datetime.now(UTC)
    order = RecordPurchase(
        customer_id=shops.customer, merchant_id=shops.cafe, pos_id=shops.corner, document_scope="pos", document_number="HD-1",
        purchased_at=now, zone="Asia/Ho_Chi_Minh", currency="VND", total=120_000, lines=(line(90_000, 2, sku="CF-1"), line(30_000)),
    )  # fmt: skip
    assert say(tenant, order).points == 21


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"place": ""}, "Point of sale: This field is required."),
        ({"total": "x"}, "Enter an amount"),
        ({"customer": "nobody at all"}, "Customer:"),
        ({"purchased_at": "31.2.2026"}, "Enter a valid date/time."),
        ({"lines_0_total": "5.000"}, "Total (VND):"),
    ],
)
def test_what_a_trial_lacks_is_said(tenant: Tenant, shops: Shops, admin_site: Any, changes: dict[str, str], sentence: str) -> None:
    said = tried(admin_site, drafted(tenant, per(1_000)), shops, **changes)
    assert sentence in said
    assert "All rules together" not in said


def test_who_may_not_edit_rules_does_not_try_them(tenant: Tenant, shops: Shops, seller_user: User) -> None:
    rule_id = drafted(tenant, per(1_000))
    assert visitor(tenant, seller_user).post(f"{RULES}{rule_id}/try/", {}, headers=HTMX).status_code in {302, 403}


def test_a_rule_is_scheduled_ended_and_its_end_taken_back(tenant: Tenant, shops: Shops, admin_site: Any) -> None:
    rule_id = drafted(tenant, per(1_000))
    page, later = f"{RULES}{rule_id}", datetime.now(tenant.zone) + timedelta(days=2)
    said = text_of(admin_site.post(f"{page}/activate/", {"effective_at": later.strftime("%Y-%m-%dT%H:%M")}, follow=True))
    assert "Tried is scheduled: it counts from" in said
    assert "Tried" in text_of(admin_site.get(RULES, {"state": "scheduled"}))
    assert "Tried" not in text_of(admin_site.get(RULES, {"state": "active"}))
    far = (later + timedelta(days=2)).replace(hour=0, minute=0)
    said = text_of(admin_site.post(f"{page}/end/", {"ends_at": far.strftime("%Y-%m-%dT%H:%M")}, follow=True))
    last = formats.day(far - timedelta(days=1), tenant.zone, "en")
    assert f"Tried counts until {last} inclusive." in said
    refused = admin_site.post(f"{page}/activate/", {"effective_at": far.strftime("%Y-%m-%dT%H:%M")})
    assert f"The rule “Tried” counts until {last} inclusive." in text_of(refused)
    assert "Tried has no end any more." in text_of(admin_site.post(f"{page}/keep/", {}, follow=True))
    assert admin_site.get(f"{page}/keep/").status_code == 404
    admin_site.post(
        f"{page}/edit/", {"name": "Tried", "points": "2", "per": "1.000", "rounding": "floor", "delivery": "on", "seen_version": "1"}
    )
    said = text_of(admin_site.post(f"{page}/end/", {}, follow=True))
    for part in ("Tried has ended.", "Ended", "Points: 1 → 2", "End set Administrator", "Drafted System"):
        assert part in said, said
    assert [admin_site.get(f"{page}/{gone}/").status_code for gone in ("end", "edit")] == [404, 404]
    assert "Zakończona" in text_of(admin_site.get(RULES, headers={"Accept-Language": "pl"}))
    with reading(tenant.id):
        assert Rule.objects.get(id=rule_id).standing == "ended"


def test_what_looks_wrong_stands_on_the_page_after_saving(tenant: Tenant, shops: Shops, admin_site: Any) -> None:
    told = {"name": "Tried", "points": "1", "each": "unit", "rounding": "floor"}
    assert "Look at this" not in text_of(admin_site.post(f"{RULES}add-product-points/", told, follow=True))
    told = {"name": "Twice", "points": "1", "per": "1.000", "rounding": "floor", "delivery": "on"}
    said = text_of(admin_site.post(f"{RULES}add-rule/", told, follow=True))
    assert "Look at this before it counts" in said
    assert "counts for the same purchases: customers get the points of both." in said


def count_of(tenant: Tenant) -> tuple[int, int]:
    with reading(tenant.id):
        return Movement.objects.count(), len(queries.purchases(limit=50))


def test_its_own_page_shows_what_came_of_it_below_what_was_entered(tenant: Tenant, shops: Shops, admin_site: Any) -> None:
    rule_id = drafted(tenant, per(1_000))
    told = {"place": str(shops.corner), "customer": "0912345678", "total": "120.000"}
    answer = admin_site.post(f"{RULES}{rule_id}/try/", told)
    assert answer.status_code == 200
    assert 'value="120.000"' in answer.content.decode()
    assert "This rule 120 points All rules together 132 points Without this rule 12 points" in text_of(answer)
    assert admin_site.post(f"{RULES}{rule_id}/try/", told | {"total": "x"}).status_code == 422

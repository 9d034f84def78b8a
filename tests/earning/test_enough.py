"""Who gets no points, or is refused, hears what would have been enough: in three languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as some

from earning import queries
from earning.commands import ActivateRule, Among, Condition, CreateRule, Limit, PointsPerAmount, RuleScope
from earning.domain.lines import quantity_invalid
from earning.domain.scope import Check
from earning.domain.wallets import Unit
from earning.kinds.conditions import condition_sentence
from earning.kinds.enough import enough
from earning.kinds.needed import needed
from earning.wording import nothing_sentence
from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money
from loyalty.domain.period import LimitPeriod, next_start, period_start
from loyalty.messages.refusals import message
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter
from tests.earning.given import line, per
from tests.earning.shops import RULES, Shops
from tests.pos.given import LONG_AGO
from tests.support.client import ApiClient
from tests.support.pages import text_of

WARSAW = "Europe/Warsaw"


@given(some.integers(1, 10**6), some.decimals("0.01", "1000", places=2), some.sampled_from(["floor", "ceil", "half_up"]), some.booleans())
def test_the_smallest_amount_that_gives_a_point_does_and_one_less_does_not(step: int, points: Decimal, rounding: Any, whole: bool) -> None:
    terms = PointsPerAmount(points=points, per=step, currency="VND", rounding=rounding, whole_steps=whole)
    assert (terms.worth(terms.least()) >= 1, terms.worth(terms.least() - 1)) == (True, 0)


@pytest.mark.parametrize(
    ("period", "at", "again"),
    [
        ("day", (2026, 3, 28, 22, 59), date(2026, 3, 29)), ("day", (2026, 3, 28, 23), date(2026, 3, 30)),
        ("week", (2026, 3, 29, 21, 59), date(2026, 3, 30)), ("week", (2026, 3, 29, 22), date(2026, 4, 6)),
        ("month", (2026, 10, 31, 22, 59), date(2026, 11, 1)), ("month", (2026, 10, 31, 23), date(2026, 12, 1)),
        ("quarter", (2026, 12, 1, 0), date(2027, 1, 1)), ("half_year", (2026, 6, 30, 21), date(2026, 7, 1)),
        ("year", (2026, 12, 31, 23), date(2028, 1, 1)), ("ever", (2026, 1, 1, 0), None),
    ],
)  # fmt: skip
def test_a_limit_begins_anew_on_the_next_day_of_its_period_on_the_clock_of_the_shop(
    period: LimitPeriod, at: tuple[int, ...], again: date | None
) -> None:
    assert next_start(period, datetime(*at, tzinfo=UTC), WARSAW) == again  # type: ignore[misc, arg-type]


@given(
    some.sampled_from(["day", "week", "month", "quarter", "half_year", "year"]), some.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
)
def test_the_moment_before_a_limit_begins_anew_is_still_of_its_period(period: LimitPeriod, naive: datetime) -> None:
    at = naive.replace(tzinfo=UTC)
    again = next_start(period, at, WARSAW)
    assert again is not None
    midnight = datetime(again.year, again.month, again.day, tzinfo=ZoneInfo(WARSAW)).astimezone(UTC)
    assert period_start(period, midnight - timedelta(microseconds=1), WARSAW) == period_start(period, at, WARSAW)
    assert period_start(period, midnight, WARSAW) == again.isoformat()


# -- rules that gave nothing ----------------------------------------------------------------------


def said(counter: Counter, purchase_id: Any) -> list[tuple[str, list[str]]]:
    """Outcome of each rule and what would have been enough."""
    with reading(counter.tenant.id):
        return [
            (r.explained.outcome, list(enough(r.explained, "VND", Unit(wallet="points")))) for r in queries.explanation(purchase_id).rules
        ]


def rule(counter: Counter, terms: PointsPerAmount, **scope: Any) -> None:
    made = counter.do(CreateRule(name="a rule", terms=terms, scope=RuleScope(**scope)))
    counter.do(ActivateRule(rule_id=made.rule_id, effective_at=LONG_AGO))


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    return Counter(tenant)


def test_a_basket_below_the_smallest_hears_how_much_was_missing(counter: Counter) -> None:
    rule(counter, per(10_000), minimum=300_000)
    sold = counter.sell(counter.customer(), 152_000)
    assert (sold.points, said(counter, sold.purchase_id)) == (0, [("not_met", ["₫148,000 more would have been enough."])])
    assert counter.sell(counter.customer(), 152_000 + 148_000).points == 30


@pytest.mark.parametrize(("language", "least"), [("en", "0.1 points"), ("vi", "0,1 điểm"), ("pl", "0,1 punktu")])
def test_an_amount_that_was_too_small_is_measured_by_the_smallest_step_of_the_wallet(language: str, least: str) -> None:
    stars = Unit(wallet="stars", decimals=1)
    with translation.override(language):
        assert least in nothing_sentence("too_little", [stars, stars]).replace("\xa0", " ")
        assert nothing_sentence("too_little", []) != nothing_sentence("too_little", [stars])


def test_which_visit_it_is_is_said_as_people_say_it() -> None:
    fifth = Condition(op="eq", field="visit.number", values=(5,))
    assert condition_sentence(fifth, "VND") == "it is the customer's visit no. 5"


def test_an_amount_below_the_first_point_hears_how_much_was_missing(counter: Counter) -> None:
    rule(counter, per(40_000, "3"))
    sold = counter.sell(counter.customer(), line(10_000), line(3_000))
    assert (sold.points, said(counter, sold.purchase_id)) == (0, [("too_little", ["₫334 more would have been enough."])])
    assert counter.sell(counter.customer(), 13_334).points == 1


def test_points_that_a_limit_of_the_rule_cut_are_told_with_the_room_that_was_left(counter: Counter) -> None:
    rule(counter, per(50_000, "2"), zone=counter.tenant.time_zone, limits=(Limit(of="points", most=5, period="day"),))
    customer = counter.customer()
    assert [counter.sell(customer, 25_000).points, said(counter, counter.sell(counter.customer(), 100_000).purchase_id)] == [
        1,
        [("gave", [])],
    ]
    order = counter.order(customer, 150_000)
    sold = counter.do(order)
    tomorrow = (order.purchased_at.astimezone(counter.tenant.zone) + timedelta(days=1)).date()
    worth = "It was worth 6 points here; its own limits had room for only 4 points."
    limit = f"At most 5 points for each customer, a day. It begins anew on {tomorrow.day} {tomorrow:%b %Y}."
    assert (sold.points, said(counter, sold.purchase_id)) == (4, [("gave", [worth, limit])])
    with translation.override("pl"):
        assert (
            said(counter, sold.purchase_id)[0][1][0]
            == "Zakup był wart tutaj 6 punktów; w limitach tej reguły było miejsce tylko na 4 punkty."
        )


def test_a_limit_that_is_used_up_is_named_with_the_day_on_which_it_begins_anew(counter: Counter) -> None:
    limits = (Limit(of="times", most=1, period="day"), Limit(of="points", most=500))
    rule(counter, per(10_000), zone=counter.tenant.time_zone, limits=limits)
    customer = counter.customer()
    counter.sell(customer, 100_000)
    order = counter.order(customer, 100_000)
    sold = counter.do(order)
    tomorrow = (order.purchased_at.astimezone(counter.tenant.zone) + timedelta(days=1)).date()
    assert said(counter, sold.purchase_id) == [
        (
            "limit_reached",
            [
                "It was worth 10 points here; its own limits had no room left.",
                f"1 time for each customer, a day. It begins anew on {tomorrow.day} {tomorrow:%b %Y}.",
                "At most 500 points for each customer, in all. It does not begin anew.",
            ],
        )
    ]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                "Only up to ₫50,000; it was ₫60,000.",
                "It needs level Silver or Gold; the customer had no level.",
                "It needs segment a; the customer was in none that it names.",
                "It needs: total of the purchase is at least ₫70,000. Seen: total of the purchase: ₫60,000.",
                "It needs: SKU of some line is X or payment method is card. Seen: SKU of some line: cf-1; payment method: –.",
            ],
        ),
        (
            "vi",
            [
                "Chỉ áp dụng đến 50.000\xa0₫; giao dịch này là 60.000\xa0₫.",
                "Cần hạng Silver hoặc Gold; khách hàng khi đó chưa có hạng nào.",
                "Cần thuộc nhóm a; khách hàng khi đó không thuộc nhóm nào được nêu.",
            ],
        ),
        ("pl", ["Tylko do kwoty 50\xa0000\xa0VND; ten zakup wyniósł 60\xa0000\xa0VND."]),
    ],
)
def test_what_a_rule_needs_stands_beside_what_was_seen(counter: Counter, language: str, expected: list[str]) -> None:
    either = Condition(op="or", parts=(_leaf("eq", "line.sku", "X"), _leaf("eq", "purchase.payment_method", "card")))
    met = _leaf("ge", "purchase.lines", 1)
    condition = Condition(op="and", parts=(met, _leaf("ge", "purchase.total", 70_000), either))
    rule(counter, per(10_000), maximum=50_000, levels=Among(any=("Silver", "Gold")), segments=Among(all=("a",)), condition=condition)
    sold = counter.sell(counter.customer(), line(60_000, sku="CF-1"))
    with translation.override(language):
        [(outcome, told)] = said(counter, sold.purchase_id)
    assert (outcome, told[: len(expected)]) == ("not_met", expected)


def _leaf(op: Any, field: str, *values: str | int) -> Condition:
    return Condition(op=op, field=field, values=values)


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        (Among(any=("Gold", "Platinum")), ["It needs level Gold or Platinum; the customer had silver."]),
        (Among(all=("Silver", "Gold")), ["It needs level Gold; the customer had silver."]),
        (Among(any=("Silver",), none=("Silver", "Gold")), ["It is not for level Silver, which the customer had."]),
    ],
)
def test_of_levels_only_those_are_named_that_are_missing_or_in_the_way(counter: Counter, levels: Among, told: list[str]) -> None:
    with reading(counter.tenant.id), translation.override("en"):
        assert [*needed(Check("levels", False, ("silver",)), RuleScope(levels=levels), "VND")] == told


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (RuleScope(stops=True), "“first”, version 1, came first and is the last rule of its kind and wallet to count."),
        (RuleScope(group="tet"), "“first”, version 1, of the same group came first and counted."),
    ],
)
def test_who_was_kept_out_by_another_rule_hears_by_which(
    api: ApiClient, admin_site: Any, shops: Shops, scope: RuleScope, told: str
) -> None:
    tenant_scope = {"stops": scope.stops, "group": scope.group, "priority": 9}
    terms = {"kind": "points_per_amount", "points": "1", "per": 1000}
    ids = []
    for name, asked in (("first", tenant_scope), ("second", {"group": scope.group})):
        made = api.post(RULES, {"name": name, "terms": terms, "scope": asked}).json()["rule_id"]
        api.post(f"{RULES}/{made}/activate", {"effective_at": "2020-01-01T00:00:00Z"})
        ids.append(made)
    purchase = api.post("/api/v1/purchases", shops.sale()).json()["purchase_id"]
    turns = {t["rule_id"]: t for t in api.get(f"/api/v1/purchases/{purchase}/explanation").json()["rules"]}
    assert turns[ids[0]]["kept_out_by"] is None
    assert (turns[ids[1]]["kept_out_by"], turns[ids[1]]["outcome_sentence"]) == ({"rule_id": ids[0], "version": 1, "name": "first"}, told)
    assert told in text_of(admin_site.get(f"/admin/earning/purchase/{purchase}/change/"))


def test_the_api_and_the_page_of_a_purchase_say_it(api: ApiClient, admin_site: Any, shops: Shops) -> None:
    made = api.post("/api/v1/purchases", shops.sale(lines=[{"total": 4_000}], total=4_000)).json()
    turns = replace(api, language="vi").get(f"/api/v1/purchases/{made['purchase_id']}/explanation").json()["rules"]
    assert [t["enough"] for t in turns] == [["Thêm 6.000\xa0₫ nữa là đủ."]]
    page = text_of(admin_site.get(f"/admin/earning/purchase/{made['purchase_id']}/change/"))
    assert "₫6,000 more would have been enough." in page


# -- refusals -------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize("language", ["vi", "en", "pl"])
@pytest.mark.parametrize(
    ("refusal", "named"),
    [
        (DomainError("earning.in_the_future", latest=NOON), "12:00"),
        (DomainError("earning.too_long_ago", days=1, earliest=NOON), "12:00"),
        (DomainError("earning.void_too_late", document="A-1", sold_at=NOON), "12:00"),
        (DomainError("earning.returned_before_sale", sold_at=NOON), "12:00"),
        (DomainError("earning.returned_too_much", line=1, left=Money(1250, "USD")), "12"),
        (DomainError("earning.return_of_more_than_paid", most=Money(1250, "USD"), line=2), "12"),
        (DomainError("earning.rule_limit_invalid", most=5000), "5"),
        (DomainError("earning.exchange_rate_later", currency="USD", into="VND", since=NOON), "12:00"),
        (DomainError("money.too_large", most=Money(1250, "USD")), "12"),
        (quantity_invalid("quantity"), "1"),
    ],
)
def test_a_refusal_names_what_would_be_possible(refusal: DomainError, named: str, language: str) -> None:
    with translation.override(language), timezone.override("Asia/Ho_Chi_Minh"):
        sentence = message(refusal)
    assert named in sentence
    assert "minor" not in sentence


def test_goods_sold_by_amount_come_back_up_to_an_amount_with_its_currency(admin_site: Any, api: ApiClient, shops: Shops) -> None:
    made = api.post("/api/v1/purchases", shops.sale(lines=[{"total": 90_000}], total=90_000)).json()
    back = {"document_number": "R-1", "line_1": "90.001", "pos_id": str(shops.corner)}
    page = text_of(admin_site.post(f"/admin/earning/purchase/{made['purchase_id']}/take-back-lines/", back))
    assert "Only ₫90,000 of line 1 is left to return." in page

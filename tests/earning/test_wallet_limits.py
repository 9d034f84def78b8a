"""Limits of wallets: what purchases bring at most, by whatever rules; room is given back by returns and taken only once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from earning import queries
from earning.commands import AdjustPoints, Limit, ProductPoints, ReturnLine, Thousandths, WalletTerms
from loyalty.domain.errors import DomainError
from loyalty.guards import disagreements
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import line, per
from tests.earning.shops import RULES
from tests.earning.test_wallets_of_rules import STARS, rule_into, set_up
from tests.support.client import ApiClient
from tests.support.pages import field_of, form_of, text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    return Counter(tenant)


def limited(counter: Counter, *limits: Limit) -> None:
    """Stars within limits: one for each 1,000 spent, and ten for each unit bought."""
    set_up(counter, terms=WalletTerms(limits=limits))
    rule_into(counter, "stars", replace(per(1000), currency=counter.tenant.currency))


def points(most: int, **more: Any) -> Limit:
    return Limit(of="points", most=most, **more)


def agree(counter: Counter) -> bool:
    return not [d for name, d in disagreements() if d.tenant_id == counter.tenant.id]


def test_what_fits_is_given_the_last_rule_is_cut_and_the_limit_is_named(counter: Counter) -> None:
    limited(counter, points(150), points(120, whose="all", period="month"))
    rule_into(counter, "stars", ProductPoints(points=Decimal(40)))
    order = counter.order(counter.customer(), line(100_000, 1))
    with reading(counter.tenant.id):
        foreseen = queries.preview(order)
    dry, sold = counter.do(order, dry_run=True), counter.do(order)
    for answer in (foreseen, dry, sold):
        (stars,) = answer.wallets
        assert (stars.points, stars.cut) == (120, 20)
        assert [(one.limit.whose, one.left, one.wanted, one.enough) for one in stars.limits] == [("all", 120, 140, 140)]
    with reading(counter.tenant.id):
        told = queries.explanation(sold.purchase_id)
    assert [(one.explained.points, one.explained.cut) for one in told.rules] == [(100, 0), (20, 20)]
    assert (told.points, [cut.wallet for cut in told.cuts]) == ({"stars": 120}, ["stars"])
    full = counter.sell(counter.customer(), line(100_000, 1))
    with reading(counter.tenant.id):
        told = queries.explanation(full.purchase_id)
    assert [one.explained.outcome for one in told.rules] == ["wallet_limit", "wallet_limit"]


def test_a_return_gives_room_back_and_what_is_kept_stays_within_what_was_granted(counter: Counter) -> None:
    limited(counter, points(150))
    customer = counter.customer()
    order = counter.order(customer, line(200_000, 2))
    sold = counter.do(order)
    half = ReturnLine(line=1, quantity=Thousandths(1000))
    assert [one.points for one in sold.wallets] == [150]
    assert [one.points for one in counter.take_back(order, sold.purchase_id, half).wallets] == [50]
    assert [one.points for one in counter.sell(customer, 100_000).wallets] == [50]
    assert agree(counter)
    assert rows("earning_limit", counter.tenant, "used") == [(150,)]


def test_a_return_gives_back_the_room_of_what_another_purchase_loses_with_it(counter: Counter) -> None:
    set_up(counter, terms=WalletTerms(limits=(points(150),)))
    rule_into(counter, "stars", replace(per(40_000, whole_steps=True, carry=True), currency=counter.tenant.currency))
    customer = counter.customer()
    first = counter.order(customer, 30_000)
    sold = counter.do(first)
    assert [one.points for one in counter.sell(customer, 30_000).wallets] == [1]
    assert [one.points for one in counter.take_back(first, sold.purchase_id).wallets] == [1]
    assert rows("earning_limit", counter.tenant, "used") == [(0,)]
    assert agree(counter)


def test_a_void_takes_the_points_of_both_wallets_and_gives_all_room_back(counter: Counter) -> None:
    limited(counter, points(150))
    rule_into(counter, "points")
    customer = counter.customer()
    order = counter.order(customer, 200_000)
    sold = counter.do(order)
    with reading(counter.tenant.id):
        order_to_void = queries.voiding(sold.purchase_id, "Wrong amount")
    taken = counter.do(order_to_void)
    assert {one.wallet: (one.points, one.balance) for one in taken.wallets} == {"points": (200, 0), "stars": (150, 0)}
    assert rows("earning_limit", counter.tenant, "used") == [(0,)]
    assert agree(counter)
    assert [one.points for one in counter.sell(customer, 200_000).wallets if one.wallet == "stars"] == [150]


LIMIT = {"limits_0_most": "6,5", "limits_0_whose": "all", "limits_0_period": "month"}


def test_the_form_of_a_wallet_takes_limits_in_its_units_and_shows_them_again(counter: Counter, admin_site: Any) -> None:
    set_up(counter, decimals=1)
    with reading(counter.tenant.id):
        edit = f"/admin/earning/wallet/{queries.wallet('stars').wallet_id}/edit/"
    for wrong in ("2,55", "x", "-1"):
        refused = admin_site.post(edit, form_of(admin_site.get(edit)) | {"approval_above": wrong})
        assert (refused.status_code, 'class="mt-2 text-red-700' in field_of(refused, "approval_above")) == (422, True), wrong
    for wrong in ("6,55", "x", "0"):
        refused = admin_site.post(edit, form_of(admin_site.get(edit)) | LIMIT | {"limits_0_most": wrong})
        assert (refused.status_code, 'class="mt-2 text-red-700' in field_of(refused, "limits_0_most")) == (422, True), wrong
    assert admin_site.post(edit, form_of(admin_site.get(edit)) | LIMIT | {"approval_above": "2,5"}).status_code == 302
    with reading(counter.tenant.id):
        terms = queries.wallet("stars").terms
    assert (terms.limits, terms.approval_above) == ((points(65, whose="all", period="month"),), 25)
    assert "needs a second person 2.5 stars" in text_of(admin_site.get(edit.replace("/edit/", "/change/")))
    for language, shown in (("vi", ["6,5", "2,5"]), ("pl", ["6,5", "2,5"]), ("en", ["6.5", "2.5"])):
        admin_site.cookies["django_language"] = language
        again = form_of(admin_site.get(edit))
        assert [*again["limits_0_most"], *again["approval_above"]] == shown
    assert [again[f"limits_0_{name}"] for name in ("most", "whose", "period")] == [["6.5"], ["all"], ["month"]]
    for half, missing in (({"limits_1_whose": "customer"}, "most"), ({"limits_1_most": "2"}, "whose")):
        refused = admin_site.post(edit, again | half)
        assert (refused.status_code, "This field is required." in field_of(refused, f"limits_1_{missing}")) == (422, True), missing
    more = {"limits_1_most": "2", "limits_1_whose": "customer", "limits_1_period": "day"}
    more |= {"limits_2_most": "3", "limits_2_whose": "customer", "limits_2_period": "year"}
    assert admin_site.post(edit, again | more).status_code == 302
    with reading(counter.tenant.id):
        assert [one.most for one in queries.wallet("stars").terms.limits] == [65, 20, 30]
    many = {f"limits_{row}_most": "1" for row in range(21)}
    assert "At most 20 limits are possible" in text_of(admin_site.post(edit, form_of(admin_site.get(edit)) | many))


def test_limits_and_the_wallet_of_a_rule_are_set_and_read_over_http(api: ApiClient) -> None:
    units = [{"language": one.language, "singular": one.singular, "plural": one.plural, "few": one.few} for one in STARS]
    limits = [{"most": 65, "period": "month", "whose": "all"}]
    assert api.put("/api/v1/wallets/stars", {"units": units, "decimals": 1, "terms": {"limits": limits}}).status_code == 200
    assert api.get("/api/v1/wallets/stars").json()["terms"]["limits"] == limits
    made = api.post(RULES, {"name": "Sao", "wallet": "stars", "terms": {"kind": "points_per_amount", "points": "0.5", "per": 10_000}})
    assert made.status_code == 201
    shown = api.get(f"{RULES}/{made.json()['rule_id']}").json()
    assert (shown["wallet"], shown["sentence"].split(" for ")[0]) == ("stars", "0.5 stars")


def test_corrections_do_not_count_towards_a_limit(counter: Counter) -> None:
    limited(counter, points(100))
    customer = counter.customer()
    counter.do(AdjustPoints(customer_id=customer, points=500, reason="welcome", wallet="stars"))
    assert [one.points for one in counter.sell(customer, 100_000).wallets] == [100]


@pytest.mark.parametrize("whose", ["customer", "all"])
@pytest.mark.rounds
def test_fifty_purchases_at_once_get_exactly_what_the_limit_allows(counter: Counter, whose: Any) -> None:
    limited(counter, points(1234, whose=whose))
    one = counter.customer()
    people = [one if whose == "customer" else counter.customer() for _ in range(10)]
    answers = in_parallel(10, lambda n: [counter.sell(people[n], 100_000) for _ in range(5)])
    got = sorted(sum(w.points for w in sold.wallets) for some in answers for sold in some)  # type: ignore[union-attr]
    assert got == [0] * 37 + [34] + [100] * 12
    assert agree(counter)


def test_a_wallet_has_limits_of_points_only(counter: Counter) -> None:
    with pytest.raises(DomainError, match=r"^earning.wallet_limit_of_times"):
        set_up(counter, terms=WalletTerms(limits=(Limit(of="times", most=3),)))

"""Rules give points of several wallets: each is reckoned by itself, and one purchase has a lot in each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earning import queries
from earning.commands import (
    ActivateRule,
    ClaimPurchase,
    ConfigureWallet,
    CreateRule,
    Expiry,
    Limit,
    Line,
    Multiplier,
    ProductPoints,
    ReturnLine,
    RuleScope,
    Selection,
    Terms,
    Thousandths,
    UnitName,
    WalletTerms,
)
from earning.domain.evaluation import by_wallet
from earning.domain.rule_set import RuleSet
from earning.domain.rule_versions import InForce, RuleVersion
from earning.domain.scope import EVERYTHING
from earning.domain.wallets import Unit
from earning.units import phrase
from loyalty.domain.errors import DomainError
from loyalty.guards import disagreements
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import Shop, line, per, purchase_order, rules, sale, wallets
from tests.earning.test_returns_by_chance import any_kind, baskets, growing, kept_purchase, multipliers, partitions, take_back_all

pytestmark = pytest.mark.usefixtures("own_log_of_module")
STARS = (
    UnitName(language="vi", singular="sao", plural="sao"),
    UnitName(language="en", singular="star", plural="stars"),
    UnitName(language="pl", singular="gwiazdka", plural="gwiazdek", few="gwiazdki"),
)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
STOPS, IN_GROUP = RuleScope(stops=True, priority=5), RuleScope(group="tet")


def worth(*promised: Any) -> dict[str, int]:
    return dict(by_wallet(rules(*promised).worth(sale(100_000))))


def test_each_wallet_is_reckoned_by_itself() -> None:
    assert worth(per(1000), (per(10_000), EVERYTHING, "stars")) == {"points": 100, "stars": 10}


def test_a_multiplier_multiplies_points_per_spend_of_its_wallet() -> None:
    double = (Multiplier(factor=Decimal(2)), EVERYTHING, "stars")
    assert worth(per(1000), (per(10_000), EVERYTHING, "stars"), double) == {"points": 100, "stars": 20}
    assert worth(per(1000), double) == {"points": 100}


def test_a_rule_that_stops_stops_its_kind_in_its_wallet_and_a_group_is_one_for_all() -> None:
    assert worth((per(1000), STOPS), per(1000), (per(10_000), EVERYTHING, "stars")) == {"points": 100, "stars": 10}
    assert worth((per(1000), IN_GROUP), (per(10_000), IN_GROUP, "stars")) == {"points": 100}


def test_points_are_rounded_to_the_smallest_unit_of_the_wallet() -> None:
    def made(decimals: int) -> RuleSet:
        return RuleSet(
            [RuleVersion(rule_id=UUID(int=1), version=1, terms=per(40_000), wallet="s", decimals=decimals, periods=(InForce(),))]
        )

    assert [by_wallet(made(decimals).worth(sale(100_000)))["s"] for decimals in (0, 1, 2)] == [2, 25, 250]


def test_each_lot_has_the_terms_of_its_wallet() -> None:
    known = wallets(stars=WalletTerms(expiry=Expiry(kind="after_days", days=1), pending_days=3))
    shop = Shop(rules(per(1000), (per(10_000), EVERYTHING, "stars")), known=known)
    lots = shop.record(purchase_order(100_000)).lots
    assert [(code, lot.points, lot.active_from is None, lot.expires_at is None) for code, lot in lots.items()] == [
        ("points", 100, True, True),
        ("stars", 10, False, False),
    ]
    assert shop.take_back("A-1").taken == {"points": 100, "stars": 10}
    assert [account.balance for account in shop.accounts.values()] == [0, 0]


def test_a_claimed_purchase_brings_what_is_kept_of_it_into_each_wallet() -> None:
    shop = Shop(rules(per(1000), (ProductPoints(points=Decimal(5)), EVERYTHING, "stars")), known=wallets(stars=WalletTerms()))
    shop.record(purchase_order(line(100_000, 2), customer_id=None))
    shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(1000)), customer_id=None)
    assert {code: lot.kept for code, lot in shop.claim("A-1").lots.items()} == {"points": 50, "stars": 5}


of_two_wallets = st.lists(st.tuples(any_kind, growing, st.sampled_from(["points", "stars"])), max_size=5).flatmap(
    lambda found: st.lists(st.tuples(multipliers, st.just(EVERYTHING), st.sampled_from(["points", "stars"])), max_size=3).map(
        lambda factors: rules(*found, *factors)
    )
)


def balances(shop: Shop) -> dict[str, int]:
    return {code: account.balance for code, account in shop.accounts.items()}


@given(st.data(), baskets, of_two_wallets)
def test_returns_in_parts_equal_having_bought_what_is_kept_in_each_wallet(
    data: st.DataObject, basket: tuple[Line, ...], rule_set: RuleSet
) -> None:
    if sum(item.total for item in basket) < 0:
        return
    known = wallets(stars=WalletTerms())
    shop, fresh = Shop(rule_set, known=known), Shop(rule_set, known=known)
    shop.record(purchase_order(*basket))
    take_back_all(shop, data.draw(partitions(basket)))
    if kept := kept_purchase(shop):
        fresh.record(purchase_order(*kept))
    assert balances(shop) == balances(fresh)


@pytest.mark.parametrize(
    ("amount", "decimals", "language", "said"),
    [
        (1, 0, "en", "1 star"), (2, 0, "en", "2 stars"), (5, 0, "vi", "5 sao"), (1, 0, "pl", "1 gwiazdka"), (3, 0, "pl", "3 gwiazdki"),
        (12, 0, "pl", "12 gwiazdek"), (22, 0, "pl", "22 gwiazdki"), (15, 1, "pl", "1,5 gwiazdki"), (10, 1, "en", "1 star"),
    ],
)  # fmt: skip
def test_units_are_called_as_many_as_they_are(amount: int, decimals: int, language: str, said: str) -> None:
    assert phrase(Unit(wallet="stars", decimals=decimals, names=STARS), amount, language) == said


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    return Counter(tenant)


def set_up(counter: Counter, decimals: int = 0, terms: WalletTerms | None = None) -> None:
    counter.do(ConfigureWallet(code="stars", decimals=decimals, units=STARS, terms=terms or WalletTerms(), effective_at=LONG_AGO))


def rule_into(counter: Counter, wallet: str, terms: Terms | None = None, scope: RuleScope = EVERYTHING) -> UUID:
    terms = terms or replace(per(1000), currency=counter.tenant.currency)
    made = counter.do(CreateRule(name=f"Into {wallet}", terms=terms, scope=scope, wallet=wallet))
    counter.do(ActivateRule(rule_id=made.rule_id, effective_at=LONG_AGO))
    return made.rule_id


def test_a_rule_names_a_wallet_that_is_there(counter: Counter) -> None:
    with pytest.raises(DomainError, match=r"^earning.wallet_unknown"):
        rule_into(counter, "stars")


def test_one_purchase_books_into_each_wallet_and_a_return_takes_from_each(counter: Counter) -> None:
    customer = counter.customer()
    rule_into(counter, "points")
    counter.sell(customer, 1000)
    set_up(counter, decimals=1)
    rule_into(counter, "stars", replace(per(40_000), currency=counter.tenant.currency))
    order = counter.order(customer, line(100_000, 2, sku="CF-1"))
    with reading(counter.tenant.id):
        foreseen = queries.preview(order)
    sold = counter.do(order)
    assert [(one.wallet, one.points, one.balance) for one in sold.wallets] == [("points", 100, 101), ("stars", 25, 25)]
    assert [(one.wallet, one.points, one.balance) for one in foreseen.wallets] == [("points", 100, 101), ("stars", 25, 25)]
    with reading(counter.tenant.id):
        card, why = queries.purchase(sold.purchase_id), queries.explanation(sold.purchase_id)
    assert (card.in_wallets, why.points) == ({"points": 100, "stars": 25},) * 2
    assert [(m.wallet, m.points) for m in card.movements] == [("points", 100), ("stars", 25)]
    half = ReturnLine(line=1, quantity=Thousandths(1000))
    with reading(counter.tenant.id):
        lost = queries.preview_return(counter.return_order(order, sold.purchase_id, half))
    taken = counter.take_back(order, sold.purchase_id, half)
    assert taken.wallets == lost.wallets
    assert [(one.wallet, one.points, one.balance) for one in taken.wallets] == [("points", 50, 51), ("stars", 13, 12)]
    with reading(counter.tenant.id):
        card = queries.purchase(sold.purchase_id)
    assert (card.in_wallets, card.returns[0].in_wallets) == ({"points": 50, "stars": 12}, {"points": 50, "stars": 13})


def test_a_purchase_of_nobody_known_is_claimed_in_each_wallet(counter: Counter) -> None:
    set_up(counter)
    rule_into(counter, "stars")
    sold, customer = counter.sell(None, 5000), counter.customer()
    claimed = counter.do(ClaimPurchase(purchase_id=sold.purchase_id, customer_id=customer))
    assert (claimed.points, [(one.wallet, one.points) for one in claimed.wallets]) == (0, [("stars", 5)])


@pytest.mark.rounds
def test_fifty_purchases_at_once_count_in_both_wallets(counter: Counter) -> None:
    set_up(counter)
    rule_into(counter, "points")
    rule_into(counter, "stars", replace(per(10_000), currency=counter.tenant.currency))
    customer = counter.customer()
    answers = in_parallel(10, lambda n: [counter.sell(customer, 100_000) for _ in range(5)])
    assert all(isinstance(one, list) for one in answers)
    assert rows("earning_account", counter.tenant, "wallet, balance, movements") == [("points", 5000, 50), ("stars", 500, 50)]
    assert not [d for name, d in disagreements() if d.tenant_id == counter.tenant.id]


def test_a_rule_that_finds_room_in_its_wallet_after_a_return_uses_its_own_limit(counter: Counter) -> None:
    nine, four = (WalletTerms(limits=(Limit(of="points", most=9),)), RuleScope(limits=(Limit(of="points", most=4),)))
    counter.do(ConfigureWallet(code="points", decimals=0, units=STARS, terms=nine, effective_at=LONG_AGO))
    rule_into(counter, "points", replace(per(10_000), currency=counter.tenant.currency))
    rule_into(counter, "points", ProductPoints(points=Decimal(4), only=Selection(skus=("b",))), four)
    both = counter.order(counter.customer(), line(90_000, 1), line(10, 1, sku="b"))
    sold = counter.do(both)
    assert sold.points == 9
    assert counter.take_back(both, sold.purchase_id, ReturnLine(line=1, quantity=Thousandths(1000))).balance == 4
    assert sorted(used for (used,) in rows("earning_limit", counter.tenant, "used")) == [4, 4]
    assert not [d for name, d in disagreements() if d.tenant_id == counter.tenant.id]
    assert counter.take_back(both, sold.purchase_id).balance == 0
    assert sorted(used for (used,) in rows("earning_limit", counter.tenant, "used")) == [0, 0]


def test_whole_points_that_are_there_do_not_become_parts_of_points(counter: Counter) -> None:
    rule_into(counter, "points")
    counter.sell(counter.customer(), 50_000)
    tenths = ConfigureWallet(code="points", decimals=1, units=STARS, terms=WalletTerms())
    with pytest.raises(DomainError, match=r"^earning.wallet_decimals_fixed"):
        counter.do(tenths)
    assert counter.do(replace(tenths, decimals=0)).version == 1

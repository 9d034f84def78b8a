"""A purchase of nobody known gets its customer: once, with the points it would have brought, as if it had been theirs all along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given as chosen
from hypothesis import strategies as st

from customers import queries as customers
from customers.commands import DeactivateCustomer
from earning import queries
from earning.commands import ClaimAnswer, ClaimPurchase, ReturnLine, Thousandths
from earning.domain.purchase import Purchase
from earning.events import PointsClawedBack, PointsEarned, PurchaseClaimed
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import CUSTOMER, NOON, Shop, line, per, purchase_order, rules
from tests.earning.shops import CUSTOMERS, PURCHASES, Shops, recorded, refusal
from tests.pos.given import a_seller, bring_level
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

ONE_PER_10000 = rules(per(10_000))
STRANGER = UUID(int=99)
HALF = ReturnLine(line=1, quantity=Thousandths(1000))


def sold_to_nobody(*lines: Any) -> Shop:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(*lines or (250_000,), customer_id=None), None)
    return shop


# -- what is decided ------------------------------------------------------------------------------


def test_the_customer_gets_what_the_purchase_would_have_brought() -> None:
    shop = sold_to_nobody()
    claimed = shop.claim("A-1")
    assert claimed.new
    (fact,) = shop.document("A-1").pending[1:]
    assert fact == PurchaseClaimed(
        purchase_id=shop.document("A-1").id, customer_id=CUSTOMER, currency="VND", amount=250_000, standing="active", rules_position=0,
        purchased_at=NOON, claimed_at=shop.clock,
    )  # fmt: skip
    (earned,) = shop.account.pending
    assert isinstance(earned, PointsEarned)
    assert (earned.points, earned.earned_at, earned.customer_id) == (25, NOON, CUSTOMER)


def test_what_came_back_before_is_clawed_back_at_once_and_said() -> None:
    shop = sold_to_nobody(line(100_000, 2), 50_000)
    shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(1000)), customer_id=None)
    shop.claim("A-1")
    assert [(type(e), e.points) for e in shop.account.pending] == [(PointsEarned, 15), (PointsClawedBack, 5)]
    assert shop.document("A-1").pending[-1].amount == 100_000
    shop.take_back("A-1", by="R-2")
    assert shop.account.balance == 0


@chosen(st.lists(st.integers(1, 4), max_size=3), st.integers(0, 3))
def test_whenever_it_is_claimed_it_ends_as_if_it_had_been_theirs_all_along(pieces: list[int], place: int) -> None:
    """Returns before and after the claim, in any number."""

    def end(to: UUID | None) -> tuple[int, int, tuple[int, ...]]:
        shop = Shop(ONE_PER_10000)
        shop.record(purchase_order(line(137_777, 13), 45_000, customer_id=to), "active" if to else None)
        for n, count in enumerate(pieces):
            if n == place:
                shop.claim("A-1")
            owner = shop.document("A-1").customer_id
            shop.take_back("A-1", ReturnLine(line=1, quantity=Thousandths(count * 1000)), by=f"R-{n}", customer_id=owner)
        shop.claim("A-1")
        lot = shop.account.lots[shop.document("A-1").id]
        return shop.account.balance, lot.remaining, shop.document("A-1").values()

    assert end(None) == end(CUSTOMER)


def test_it_is_claimed_once() -> None:
    shop = sold_to_nobody()
    shop.claim("A-1")
    assert not shop.claim("A-1").new, "the same customer again changes nothing"
    with pytest.raises(Conflict, match=r"^earning.purchase_is_anothers"):
        shop.claim("A-1", customer_id=STRANGER)
    assert len(shop.account.pending) == 1


def test_what_was_recorded_for_a_customer_is_nobody_elses() -> None:
    shop = Shop(ONE_PER_10000)
    shop.record(purchase_order(250_000))
    assert not shop.claim("A-1").new
    with pytest.raises(Conflict, match=r"^earning.purchase_is_anothers"):
        shop.claim("A-1", customer_id=STRANGER)


NO_PART = [(None, "customer_unknown"), ("erased", "customer_unknown"), ("inactive", "customer_inactive")]


@pytest.mark.parametrize(("standing", "code"), NO_PART)
def test_who_takes_no_part_claims_nothing(standing: str | None, code: str) -> None:
    shop = sold_to_nobody()
    with pytest.raises(DomainError, match=f"^earning.{code}"):
        shop.claim("A-1", standing)
    assert shop.claim("A-1").new, "and nothing was lost"


def test_what_came_back_entirely_is_claimed_no_more() -> None:
    shop = sold_to_nobody()
    shop.take_back("A-1", customer_id=None)
    with pytest.raises(DomainError, match=r"^earning.nothing_left"):
        shop.claim("A-1")


def test_a_document_that_was_claimed_may_be_sent_again_with_its_customer_or_as_it_was() -> None:
    shop = sold_to_nobody()
    shop.claim("A-1")
    for to in (CUSTOMER, None):
        assert not shop.record(purchase_order(250_000, customer_id=to)).new
    with pytest.raises(Conflict, match=r"^earning.document_differs"):
        shop.record(purchase_order(250_000, customer_id=STRANGER))


def test_a_replayed_purchase_knows_whose_it_is() -> None:
    shop = sold_to_nobody()
    shop.claim("A-1")
    again = Purchase.replay(shop.document("A-1").id, shop.document("A-1").pending)
    assert (again.customer_id, again.kept) == (CUSTOMER, shop.document("A-1").kept)


# -- on the real Postgres -------------------------------------------------------------------------


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    return made


def claim(counter: Counter, purchase_id: UUID, customer_id: UUID) -> ClaimAnswer:
    return counter.do(ClaimPurchase(purchase_id=purchase_id, customer_id=customer_id))


@pytest.mark.rounds
def test_of_50_claims_at_once_one_wins(counter: Counter) -> None:
    purchase_id = counter.sell(None, 250_000).purchase_id
    people = [counter.customer(first_name=f"Number {n}") for n in range(50)]
    answers = in_parallel(50, lambda n: claim(counter, purchase_id, people[n]))
    (winner,) = [a for a in answers if isinstance(a, ClaimAnswer)]
    assert (winner.points, winner.balance) == (25, 25)
    assert {a.code for a in answers if isinstance(a, DomainError)} == {"earning.purchase_is_anothers"}
    assert rows("earning_purchase", counter.tenant, "customer_id, points") == [(winner.customer_id, 25)]
    assert rows("earning_account", counter.tenant, "customer_id, balance") == [(winner.customer_id, 25)]


@pytest.mark.rounds
def test_a_claim_and_a_return_at_once_leave_nobody_too_many_points(counter: Counter) -> None:
    for _ in range(10):
        order = counter.order(None, line(200_000, 2))
        purchase_id, somebody = counter.do(order).purchase_id, counter.customer()

        def act(n: int, order: Any = order, purchase_id: UUID = purchase_id, somebody: UUID = somebody) -> Any:
            return claim(counter, purchase_id, somebody) if n else counter.take_back(order, purchase_id, HALF)

        back, claimed = in_parallel(2, act)
        assert isinstance(claimed, ClaimAnswer)
        lost = isinstance(back, DomainError)
        assert not lost or back.code == "earning.other_customer", "whoever took it back looks again whose it is"
        with reading(counter.tenant.id):
            assert queries.account(somebody).balance == (20 if lost else 10)


def test_a_claimed_purchase_counts_for_its_customer(counter: Counter) -> None:
    somebody = counter.customer()
    order = counter.order(None, line(200_000, 2))
    purchase_id = counter.do(order).purchase_id
    counter.take_back(order, purchase_id, ReturnLine(line=1, quantity=Thousandths(1000)))
    claim(counter, purchase_id, somebody)
    bring_level("customers.spending")
    with reading(counter.tenant.id):
        card = customers.customer(somebody)
        shown = queries.purchase(purchase_id)
        assert [p.purchase_id for p in queries.purchases(customer_id=somebody)] == [purchase_id]
    assert (card.purchases, card.total, card.last_purchase_at) == (1, 100_000, order.purchased_at)
    assert [(m.kind, m.points) for m in shown.movements] == [("earned", 20), ("clawed_back", -10)]


def test_a_rule_of_today_gives_nothing_for_a_purchase_of_before(tenant: Tenant) -> None:
    counter = Counter(tenant)
    purchase_id, somebody = counter.sell(None, 250_000).purchase_id, counter.customer()
    counter.rule(since=datetime.now(UTC))
    assert claim(counter, purchase_id, somebody).points == 0
    with reading(tenant.id):
        assert queries.purchase(purchase_id).why_nothing == "no_rule"


# -- over the API ---------------------------------------------------------------------------------


def test_a_seller_gives_a_purchase_to_its_customer(
    api: ApiClient, api_as: Callable[..., ApiClient], shops: Shops, seller_user: Any
) -> None:
    made = recorded(api, shops.sale(customer_id=None))["purchase_id"]
    seller = api_as(user=a_seller(shops.tenant, seller_user, shops.corner))
    where = f"{PURCHASES}/{made}/claim"
    tried = seller.post(f"{where}?dry_run=true", {"customer_phone": "0912 345 678"})
    assert (tried.status_code, tried.json()["points"]) == (200, 12)
    done = seller.post(where, {"customer_phone": "0912 345 678"})
    assert (done.status_code, done.json()) == (
        201,
        {
            "purchase_id": made,
            "customer_id": str(shops.customer),
            "points": 12,
            "balance": 12,
            "duplicate": False,
            "wallets": [
                {"wallet": "points", "points": 12, "balance": 12, "lot_id": done.json()["wallets"][0]["lot_id"], "cut": 0, "limits": []}
            ],
        },
    )
    assert seller.post(where, {"customer_id": str(shops.customer)}).json()["duplicate"] is True
    assert api.get(f"{PURCHASES}/{made}").json()["customer_id"] == str(shops.customer)
    assert api.get(f"{CUSTOMERS}/{shops.customer}/account").json()["balance"] == 12


def test_those_that_wait_for_their_customer_are_listed(api: ApiClient, shops: Shops) -> None:
    made = [recorded(api, shops.sale(**change))["purchase_id"] for change in ({}, {"customer_id": None})]
    assert [p["id"] for p in api.get(PURCHASES, {"matched": "true"}).json()["items"]] == made[:1]
    assert [p["id"] for p in api.get(PURCHASES, {"matched": "false"}).json()["items"]] == made[1:]
    assert len(api.get(PURCHASES).json()["items"]) == 2


def test_what_is_wrong_with_a_claim_is_answered_with_its_field(
    api: ApiClient, api_as: Callable[..., ApiClient], shops: Shops, seller_user: Any
) -> None:
    made = recorded(api, shops.sale(customer_id=None))["purchase_id"]
    where = f"{PURCHASES}/{made}/claim"
    assert refusal(api.post(where, {})) == (422, "earning.customer_missing", "/customer_id")
    assert refusal(api.post(where, {"customer_phone": "0987654321"})) == (422, "earning.customer_unknown", "/customer_phone")
    assert refusal(api.post(where, {"customer_id": str(uuid4())})) == (422, "earning.customer_unknown", "/customer_id")
    assert refusal(api.post(f"{PURCHASES}/{uuid4()}/claim", {"customer_id": str(shops.customer)}))[:2] == (404, "earning.purchase_unknown")
    assert api_as("marketer").post(where, {"customer_id": str(shops.customer)}).status_code == 403
    elsewhere = api_as(user=a_seller(shops.tenant, seller_user, shops.store))
    assert elsewhere.post(where, {"customer_id": str(shops.customer)}).status_code == 404, "another merchant's purchase is not there"


# -- in the administration ------------------------------------------------------------------------


def test_an_administrator_gives_a_purchase_to_its_customer(api: ApiClient, shops: Shops, admin_site: Any) -> None:
    made = recorded(api, shops.sale(customer_id=None, document_number="HD-9"))["purchase_id"]
    page = f"/admin/earning/purchase/{made}/claim/"
    assert "The whole phone number, card, code" in text_of(admin_site.get(page))
    refused = admin_site.post(page, {"customer_id": "0900000000"})
    assert "There is no such customer" in text_of(refused)
    done = admin_site.post(page, {"customer_id": "0912345678"}, follow=True)
    assert "HD-9 now belongs to" in text_of(done)
    assert "12 points" in text_of(done)
    assert admin_site.get(page).status_code == 404, "what has a customer is given to nobody"


def test_who_may_not_give_purchases_away_sees_no_button(api: ApiClient, shops: Shops, marketer_user: Any) -> None:
    made = recorded(api, shops.sale(customer_id=None))["purchase_id"]
    site = visitor(shops.tenant, marketer_user)
    assert "Give to a customer" not in text_of(site.get(f"/admin/earning/purchase/{made}/change/"))
    assert site.get(f"/admin/earning/purchase/{made}/claim/").status_code in {403, 404}


def test_an_inactive_customer_claims_nothing(counter: Counter) -> None:
    somebody = counter.customer()
    counter.do(DeactivateCustomer(customer_id=somebody, reason="test"))
    purchase_id = counter.sell(None, 250_000).purchase_id
    with pytest.raises(DomainError, match=r"^earning.customer_inactive"):
        claim(counter, purchase_id, somebody)
    with pytest.raises(NotFound):
        claim(counter, uuid4(), counter.customer())

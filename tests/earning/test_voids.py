"""A purchase that should not have been recorded is undone on its own day, once, by who recorded it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers import queries as customers
from earning import queries
from earning.commands import RecordPurchase, ReturnAnswer, ReturnLine, Thousandths, VoidPurchase
from loyalty.bus import dispatch
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import line
from tests.earning.shops import PURCHASES, Shops, recorded, refusal
from tests.pos.given import a_seller, bring_level
from tests.support.client import ApiClient

MIDNIGHT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""In Ho Chi Minh City; in UTC it is the afternoon."""
HALF = ReturnLine(line=1, quantity=Thousandths(1000))


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    return made


def order_to_void(counter: Counter, sale: RecordPurchase, purchase_id: UUID, reason: str = "Wrong amount") -> VoidPurchase:
    return VoidPurchase(purchase_id=purchase_id, customer_id=sale.customer_id, merchant_id=sale.merchant_id, zone=sale.zone, reason=reason)


def void(counter: Counter, sale: RecordPurchase, purchase_id: UUID, reason: str = "Wrong amount", **how: Any) -> ReturnAnswer:
    return counter.do(order_to_void(counter, sale, purchase_id, reason), **how)


def test_everything_goes_as_if_it_had_never_been(counter: Counter) -> None:
    sale = counter.order(counter.customer(), line(200_000, 2), 50_000)
    made = counter.do(sale)
    done = void(counter, sale, made.purchase_id)
    assert (done.amount, done.points, done.balance, done.duplicate) == (250_000, 25, 0, False)
    again = void(counter, sale, made.purchase_id, "Another reason")
    assert (again.amount, again.points, again.balance, again.duplicate) == (250_000, 25, 0, True)
    assert rows("earning_purchase", counter.tenant, "state, kept, points, jsonb_array_length(returns)") == [("voided", 0, 0, 1)]
    for lines in ((HALF,), ()):
        with pytest.raises(DomainError, match=r"^earning.purchase_is_void") as told:
            counter.take_back(sale, made.purchase_id, *lines)
        assert told.value.params["document"] == sale.document_number
        assert sale.purchased_at <= told.value.params["voided_at"] <= datetime.now(UTC)
    bring_level("customers.spending")
    with reading(counter.tenant.id):
        card = customers.customer(sale.customer_id)  # type: ignore[arg-type]
    assert (card.purchases, card.total) == (0, 0), "it is no purchase of the customer's"


def test_a_sale_without_a_customer_can_be_void_too(counter: Counter) -> None:
    sale = counter.order(None, 250_000)
    made = counter.do(sale)
    assert void(counter, sale, made.purchase_id).balance is None
    assert rows("earning_purchase", counter.tenant, "state") == [("voided",)]


@pytest.mark.parametrize("known", [True, False])
def test_the_reason_is_kept_where_nobody_reads_it_without_a_key(counter: Counter, known: bool) -> None:
    sale = counter.order(counter.customer() if known else None, 250_000)
    made = counter.do(sale)
    void(counter, sale, made.purchase_id, "  Chị Hoa đổi ý ")
    (told,) = rows("event.event", counter.tenant, "payload->>'reason'", "1 desc nulls last limit 1")
    assert "Hoa" not in str(told)
    payloads = rows("event.event", counter.tenant, "payload::text")
    assert not any("Hoa" in text for (text,) in payloads)


@pytest.mark.parametrize(("sold", "voided", "may"), [(-1, 0, False), (0, 0, True), (0, 24 * 3600 - 1, True), (0, 24 * 3600, False)])
def test_its_day_is_the_shops(counter: Counter, sold: int, voided: int, may: bool) -> None:
    """Seconds after midnight, of the sale and of the void."""
    at, then = MIDNIGHT + timedelta(seconds=sold), MIDNIGHT + timedelta(seconds=voided)
    sale = counter.order(counter.customer(), 250_000, purchased_at=at)
    made = counter.do(sale, at=at)
    if may:
        assert void(counter, sale, made.purchase_id, at=then).points == 25
    else:
        with pytest.raises(DomainError, match=r"^earning.void_too_late"):
            void(counter, sale, made.purchase_id, at=then)


def test_only_who_recorded_it_may(counter: Counter) -> None:
    sale = counter.order(counter.customer(), 250_000)
    made = counter.do(sale)
    with pytest.raises(DomainError, match=r"^earning.void_by_another"):
        dispatch(order_to_void(counter, sale, made.purchase_id), tenant_id=counter.tenant.id, actor="staff:other", channel="till")
    with pytest.raises(DomainError, match=r"^earning.purchase_unknown"):
        void(counter, sale, uuid4())


@pytest.mark.parametrize(
    ("reason", "code"), [("", "reason_missing"), (" ", "reason_missing"), ("x" * 501, "reason_invalid"), ("a\u202eb", "reason_invalid")]
)
def test_it_needs_a_reason(counter: Counter, reason: str, code: str) -> None:
    sale = counter.order(counter.customer(), 250_000)
    made = counter.do(sale)
    with pytest.raises(DomainError, match=f"^earning.{code}"):
        void(counter, sale, made.purchase_id, reason)
    assert rows("earning_purchase", counter.tenant, "state") == [("recorded",)]


def test_a_sale_of_nothing_can_be_undone(counter: Counter) -> None:
    sale = counter.order(counter.customer(), 0)
    made = counter.do(sale)
    assert not void(counter, sale, made.purchase_id).duplicate
    assert void(counter, sale, made.purchase_id).duplicate
    assert rows("earning_purchase", counter.tenant, "state") == [("voided",)]


def test_what_came_back_in_part_is_void_no_more(counter: Counter) -> None:
    sale = counter.order(counter.customer(), line(200_000, 2))
    made = counter.do(sale)
    counter.take_back(sale, made.purchase_id, HALF)
    with pytest.raises(DomainError, match=r"^earning.void_after_return"):
        void(counter, sale, made.purchase_id)


def test_what_came_back_whole_has_no_rest_to_take_back(counter: Counter) -> None:
    sale = counter.order(counter.customer(), line(200_000, 2))
    made = counter.do(sale)
    counter.take_back(sale, made.purchase_id)
    with pytest.raises(DomainError, match=r"^earning.nothing_left"):
        void(counter, sale, made.purchase_id)


@pytest.mark.rounds
def test_a_void_and_a_return_at_once_take_everything_back_once(counter: Counter) -> None:
    for _ in range(10):
        sale = counter.order(counter.customer(), line(200_000, 2))
        made = counter.do(sale)

        def act(n: int, sale: RecordPurchase = sale, made: UUID = made.purchase_id) -> Any:
            return counter.take_back(sale, made, HALF) if n else void(counter, sale, made)

        answers = in_parallel(2, act)
        (lost,) = [a for a in answers if isinstance(a, DomainError)]
        assert lost.code in {"earning.void_after_return", "earning.purchase_is_void"}
        with reading(counter.tenant.id):
            shown, account = queries.purchase(made.purchase_id), queries.account(sale.customer_id)  # type: ignore[arg-type]
        voided = lost.code == "earning.purchase_is_void"
        assert (shown.state, shown.kept, account.balance) == (("voided", 0, 0) if voided else ("partly_returned", 100_000, 10))


@pytest.mark.rounds
def test_of_20_voids_at_once_one_counts(counter: Counter) -> None:
    sale = counter.order(counter.customer(), 250_000)
    made = counter.do(sale)
    answers = in_parallel(20, lambda n: void(counter, sale, made.purchase_id))
    assert sorted(a.duplicate for a in answers if isinstance(a, ReturnAnswer)) == [False] + [True] * 19
    assert rows("earning_account", counter.tenant, "balance") == [(0,)]


def test_its_number_stays_used(counter: Counter) -> None:
    sale = counter.order(counter.customer(), 250_000)
    void(counter, sale, counter.do(sale).purchase_id)
    with pytest.raises(DomainError, match=r"^earning.document_differs"):
        counter.sell(sale.customer_id, 99_000, number=sale.document_number, purchased_at=sale.purchased_at)


def test_over_the_api(api: ApiClient, api_as: Callable[..., ApiClient], shops: Shops, seller_user: Any, make_user: Any) -> None:
    seller = api_as(user=a_seller(shops.tenant, seller_user, shops.corner))
    other = api_as(user=a_seller(shops.tenant, make_user(shops.tenant, "seller"), shops.corner))
    made = recorded(seller, shops.sale(purchased_at=datetime.now(UTC).isoformat()))["purchase_id"]
    where = f"{PURCHASES}/{made}/void"
    assert refusal(other.post(where, {"reason": "x"}))[:2] == (422, "earning.void_by_another")
    assert refusal(seller.post(where, {"reason": ""})) == (422, "earning.reason_missing", "/reason")
    tried = seller.post(f"{where}?dry_run=true", {"reason": "Wrong amount"})
    assert (tried.status_code, tried.json()["points"]) == (200, 12)
    done = seller.post(where, {"reason": "Wrong amount"})
    assert (done.status_code, done.json()["points"], done.json()["balance"]) == (201, 12, 0)
    assert api.get(f"{PURCHASES}/{made}").json()["state"] == "voided"
    assert [p["id"] for p in api.get(PURCHASES, {"state": "voided"}).json()["items"]] == [made]
    assert api_as("marketer").post(where, {"reason": "x"}).status_code == 403

"""Whose purchase it is, by what its document says: the first reference that finds somebody, now or within 24 months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from customers.commands import EditCustomer, EraseCustomer, RegisterCustomer
from earning import queries
from earning.commands import AdjustPoints, Reference, ReturnLine, SetMatchingOrder
from earning.domain.programme import Programme
from earning.domain.references import KINDS, first_holder, in_order
from earning.references import KEPT, forget_old, purchases_that_name
from earning.tasks import forget_old_references_of_all
from loyalty.bus import dispatch_all
from loyalty.celery import app
from loyalty.domain.errors import DomainError
from loyalty.domain.points import LARGEST
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel, rows
from tests.earning.given import NOON
from tests.earning.shops import PURCHASES, Shops, recorded, refusal
from tests.earning.test_admin_lists import told
from tests.pos.given import bring_level, say
from tests.support.client import ApiClient, visitor
from tests.support.pages import text_of

pytestmark = pytest.mark.usefixtures("own_log_of_module")
PHONE, CARD = Reference("phone", "+84987654321"), Reference("card", "CARD-7".replace("-", ""))
FOLLOW = "earning.matching"


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    queries.forget_programmes()
    yield
    queries.forget_programmes()


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    made = Counter(tenant)
    made.rule()
    return made


def waiting(tenant: Tenant) -> list[tuple[UUID, str]]:
    return rows("earning_reference", tenant, "purchase_id, kind", "1, 2")


# -- what is decided ------------------------------------------------------------------------------


def test_references_are_tried_in_the_order_of_the_programme() -> None:
    given = (PHONE, CARD)
    somebody, other = UUID(int=1), UUID(int=2)
    assert in_order(given, KINDS) == (CARD, PHONE)
    assert in_order(given, ("email", "phone")) == (PHONE,)
    assert first_holder(in_order(given, KINDS), {"phone": somebody, "card": other}) == ("card", other)
    assert first_holder(in_order(given, ("phone", "card")), {"phone": somebody, "card": other}) == ("phone", somebody)
    assert first_holder(in_order(given, KINDS), {"phone": somebody}) == ("phone", somebody)
    assert first_holder(in_order(given, KINDS), {}) is None


@pytest.mark.parametrize(
    ("kinds", "code"), [((), "matching_empty"), (("card", "card"), "matching_twice"), (("card", "shoe size"), "matching_unknown")]
)
def test_an_order_that_cannot_be_is_refused(kinds: tuple[str, ...], code: str) -> None:
    programme = Programme(UUID(int=1))
    with pytest.raises(DomainError, match=f"^earning.{code}"):
        programme.match_by(kinds, NOON)
    assert programme.pending == []


def test_an_order_that_holds_already_is_no_news() -> None:
    programme = Programme(UUID(int=1))
    programme.match_by(KINDS, NOON)
    assert programme.pending == []
    programme.match_by(("phone",), NOON)
    assert Programme.replay(programme.id, programme.pending).matching == ("phone",)


# -- a purchase that names nobody known -----------------------------------------------------------


def test_a_purchase_whose_points_do_not_fit_stays_nobodys_and_keeps_its_references(counter: Counter) -> None:
    order = counter.order(None, 250_000, references=(PHONE,))
    made, somebody = counter.do(order).purchase_id, counter.customer()
    counter.do(AdjustPoints(customer_id=somebody, points=LARGEST, reason="full"))
    again = replace(order, customer_id=somebody)
    [alone, beside] = [
        counter.do(again),
        *(o.result for o in dispatch_all([again], tenant_id=counter.tenant.id, actor="a", channel="till")),
    ]
    assert [(a.duplicate, a.customer_id, a.points) for a in (alone, beside)] == [(True, None, 0)] * 2
    assert rows("earning_purchase", counter.tenant, "customer_id") == [(None,)]
    assert waiting(counter.tenant) == [(made, "phone")]


def test_an_unmatched_purchase_is_kept_with_its_references_and_none_of_them_is_in_the_log(counter: Counter) -> None:
    made = counter.sell(None, 250_000, references=(PHONE, CARD))
    assert (made.customer_id, made.points, made.balance) == (None, 0, None)
    assert waiting(counter.tenant) == [(made.purchase_id, "card"), (made.purchase_id, "phone")]
    (until,) = {row[0] for row in rows("earning_reference", counter.tenant, "kept_until")}
    assert abs(until - datetime.now(UTC) - KEPT) < timedelta(minutes=1)
    log = rows("event.event", counter.tenant, "payload::text || metadata::text")
    assert log
    assert not any(PHONE.text[3:] in text or CARD.text in text for (text,) in log)


def test_whoever_registers_with_it_gets_the_purchase(counter: Counter) -> None:
    made = counter.sell(None, 250_000, references=(PHONE, CARD))
    other = counter.sell(None, 70_000, references=(Reference("phone", "+84987654322"),))
    somebody = counter.customer(phone=PHONE.text)
    bring_level(FOLLOW)
    with reading(counter.tenant.id):
        assert queries.purchase(made.purchase_id).customer_id == somebody
        assert queries.purchase(other.purchase_id).customer_id is None
        assert queries.account(somebody).balance == 25
    assert waiting(counter.tenant) == [(other.purchase_id, "phone")]
    bring_level(FOLLOW)
    assert rows("earning_account", counter.tenant, "balance") == [(25,)]


def test_so_does_who_gets_the_card_later(counter: Counter) -> None:
    made = counter.sell(None, 250_000, references=(CARD,))
    somebody = counter.customer()
    bring_level(FOLLOW)
    counter.do(EditCustomer(customer_id=somebody, card=CARD.text))
    bring_level(FOLLOW)
    with reading(counter.tenant.id):
        assert queries.purchase(made.purchase_id).customer_id == somebody


def test_of_two_whom_a_document_names_the_first_in_the_order_gets_it(counter: Counter) -> None:
    made = counter.sell(None, 250_000, references=(CARD, PHONE))
    by_phone, by_card = counter.customer(phone=PHONE.text), counter.customer(card=CARD.text)
    bring_level(FOLLOW)
    with reading(counter.tenant.id):
        assert queries.purchase(made.purchase_id).customer_id == by_card != by_phone


def test_who_registers_while_the_purchase_is_recorded_is_not_missed(counter: Counter) -> None:
    """The look-up was before the registration, the purchase after it."""
    somebody = counter.customer(phone=PHONE.text)
    bring_level(FOLLOW)
    made = counter.sell(None, 250_000, references=(PHONE,))
    bring_level(FOLLOW)
    with reading(counter.tenant.id):
        assert queries.purchase(made.purchase_id).customer_id == somebody


def test_20_who_register_and_20_purchases_at_once_all_find_each_other(counter: Counter) -> None:
    def phone(n: int) -> str:
        return f"+8498765{4000 + n // 2}"

    def act(n: int) -> Any:
        return counter.customer(phone=phone(n)) if n % 2 else counter.sell(None, 10_000, references=(Reference("phone", phone(n)),))

    in_parallel(40, act)
    bring_level(FOLLOW)
    assert rows("earning_account", counter.tenant, "balance") == [(1,)] * 20
    assert waiting(counter.tenant) == []


def test_a_tenants_references_find_nobody_of_another(counter: Counter, other_tenant: Tenant) -> None:
    made = counter.sell(None, 250_000, references=(PHONE,))
    say(other_tenant, RegisterCustomer(first_name="Jan", phone=PHONE.text))
    bring_level(FOLLOW)
    with reading(counter.tenant.id):
        assert queries.purchase(made.purchase_id).customer_id is None


# -- the same document again ----------------------------------------------------------------------


def test_the_same_document_answers_as_before_whoever_its_references_find_by_now(counter: Counter) -> None:
    somebody = counter.customer(phone=PHONE.text)
    order = counter.order(somebody, 250_000, references=(PHONE,), matched_by="phone")
    first = counter.do(order)
    counter.do(EditCustomer(customer_id=somebody, phone=None))
    again = counter.do(counter.order(None, 250_000, number=order.document_number, references=(PHONE,), purchased_at=order.purchased_at))
    assert (again.duplicate, again.customer_id, again.points, again.balance) == (True, somebody, first.points, first.balance)
    assert waiting(counter.tenant) == []


def test_sent_again_it_goes_to_who_registered_since(counter: Counter) -> None:
    order = counter.order(None, 250_000, references=(PHONE,))
    counter.do(order)
    somebody = counter.customer(phone=PHONE.text)
    again = counter.do(counter.order(somebody, 250_000, number=order.document_number, references=(PHONE,), purchased_at=order.purchased_at))
    assert (again.duplicate, again.customer_id, again.points, again.balance) == (True, somebody, 25, 25)
    assert waiting(counter.tenant) == []
    bring_level(FOLLOW)
    assert rows("earning_account", counter.tenant, "balance") == [(25,)]


def test_with_references_to_another_customer_it_is_another_document(counter: Counter) -> None:
    order = counter.order(counter.customer(phone=PHONE.text), 250_000, references=(PHONE,))
    counter.do(order)
    other = counter.customer(card=CARD.text)
    with pytest.raises(DomainError, match=r"^earning.document_differs"):
        counter.do(counter.order(other, 250_000, number=order.document_number, references=(CARD,), purchased_at=order.purchased_at))


def test_what_came_back_entirely_waits_for_nobody(counter: Counter) -> None:
    order = counter.order(None, 250_000, references=(PHONE,))
    made = counter.do(order)
    counter.take_back(order, made.purchase_id, ReturnLine(line=1, amount=250_000))
    counter.customer(phone=PHONE.text)
    bring_level(FOLLOW)
    with reading(counter.tenant.id):
        assert queries.purchase(made.purchase_id).customer_id is None


# -- at night -------------------------------------------------------------------------------------


def test_references_that_name_an_erased_person_are_forgotten(counter: Counter) -> None:
    for phone in ("+84912345678", "+84987654321"):
        counter.do(counter.order(None, 10_000, references=(Reference("phone", phone),)))
    counter.do(EraseCustomer(customer_id=counter.customer(phone="+84912345678", card="84987654321")))
    with reading(counter.tenant.id):
        assert purchases_that_name([Reference("phone", "+84912345678")], counter.tenant.id) == []
        assert len(purchases_that_name([Reference("phone", "+84987654321")], counter.tenant.id)) == 1


def test_references_are_forgotten_after_24_months(counter: Counter) -> None:
    counter.sell(None, 250_000, references=(PHONE,))
    assert forget_old(counter.tenant.id, datetime.now(UTC) + KEPT - timedelta(minutes=1)) == 0
    assert forget_old(counter.tenant.id, datetime.now(UTC) + KEPT + timedelta(minutes=1)) == 1
    assert "earning.forget_old_references" in {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert forget_old_references_of_all() == 0


# -- over the API ---------------------------------------------------------------------------------


def test_a_document_names_its_customer_in_several_ways(api: ApiClient, shops: Shops, admin_site: Any) -> None:
    done = recorded(api, shops.sale(customer_id=None, customer_card="UNKNOWN-1", customer_phone="0912 345 678", customer_email=""))
    assert (done["customer_id"], done["points"]) == (str(shops.customer), 12)
    (event,) = rows("event.event", shops.tenant, "payload::text", "position desc limit 1 offset 1")
    assert '"matched_by":"phone"' in event[0]
    found_by = api.get(f"{PURCHASES}/{done['purchase_id']}").json()["matched_by"]
    assert (done["matched_by"], found_by) == ("phone", "phone")
    assert "Customer found by Phone" in text_of(admin_site.get(f"/admin/earning/purchase/{done['purchase_id']}/change/"))
    by_id = recorded(api, shops.sale())
    assert (by_id["matched_by"], api.get(f"{PURCHASES}/{by_id['purchase_id']}").json()["matched_by"]) == ("named", "named")
    nobody = recorded(api, shops.sale(customer_id=None))
    assert (nobody["matched_by"], api.get(f"{PURCHASES}/{nobody['purchase_id']}").json()["matched_by"]) == (None, None)
    listed = told(admin_site.get("/admin/earning/purchase/export/"))
    assert sorted(row["Customer found by"] for row in listed) == ["", "Chosen directly", "Phone"]


def test_the_order_of_the_programme_counts(api: ApiClient, shops: Shops) -> None:
    other = say(shops.tenant, RegisterCustomer(first_name="Bình", card="CARD7")).customer_id
    both = {"customer_id": None, "customer_card": "CARD-7", "customer_phone": "0912345678"}
    assert recorded(api, shops.sale(**both))["customer_id"] == str(other)
    say(shops.tenant, SetMatchingOrder(kinds=("phone", "card")))
    queries.forget_programmes()
    assert recorded(api, shops.sale(**both))["customer_id"] == str(shops.customer)
    say(shops.tenant, SetMatchingOrder(kinds=("email",)))
    queries.forget_programmes()
    assert recorded(api, shops.sale(**both))["customer_id"] is None
    assert waiting(shops.tenant) == [], "what is not tried is not kept either"


def test_who_is_unknown_is_waited_for(api: ApiClient, shops: Shops) -> None:
    body = shops.sale(customer_id=None, customer_phone="0987654321")
    done = recorded(api, body)
    assert (done["customer_id"], done["points"], done["balance"]) == (None, 0, None)
    assert recorded(api, body) == done | {"duplicate": True}
    assert waiting(shops.tenant) == [(UUID(done["purchase_id"]), "phone")]
    tried = api.post(f"{PURCHASES}?dry_run=true", shops.sale(customer_id=None, customer_phone="0987654321"))
    assert (tried.status_code, tried.json()["customer_id"]) == (200, None)
    assert len(waiting(shops.tenant)) == 1, "a dry run keeps nothing"


@pytest.mark.parametrize("phone", ["0", "abc", "0912 345 67x", "\u202e", "9" * 500])
def test_a_reference_that_can_be_none_is_refused_at_its_field(api: ApiClient, shops: Shops, phone: str) -> None:
    status, _, pointer = refusal(api.post(PURCHASES, shops.sale(customer_id=None, customer_phone=phone)))
    assert (status, pointer) == (422, "/customer_phone")


# -- in the administration ------------------------------------------------------------------------


def test_an_administrator_sets_the_order(shops: Shops, admin_site: Any, marketer_user: Any) -> None:
    page = "/admin/earning/purchase/matching/"
    assert "It is tried in this order" in text_of(admin_site.get(page))
    twice = admin_site.post(page, {"place_1": "phone", "place_2": "phone"})
    assert "Each reference is tried once only" in text_of(twice)
    assert "Name at least one reference" in text_of(admin_site.post(page, {}))
    done = admin_site.post(page, {"place_1": "phone", "place_3": "card"}, follow=True)
    assert "matched in this order from now on" in text_of(done)
    with reading(shops.tenant.id):
        assert queries.matching_order_now() == ("phone", "card")
    assert visitor(shops.tenant, marketer_user).get(page).status_code == 403

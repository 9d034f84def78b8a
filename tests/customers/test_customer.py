"""A customer's life, decided without a database: given events, when asked, then events or a refusal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.domain.customer import Customer
from customers.domain.ids import customer_id_for
from customers.domain.profile import UNCHANGED, Profile
from customers.events import CustomerActivated, CustomerDeactivated, CustomerRegistered, IdentifierChanged, ProfileChanged
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.event import ERASED
from tests.customers.given import LATER, NOW, a_customer, profile


def test_a_person_joins_and_takes_part_at_once() -> None:
    customer = Customer(uuid4())
    customer.register("0000000A", profile(), {"phone": "+84912345678"}, pos_id=None, active=True, now=NOW)
    (joined,) = customer.pending
    assert isinstance(joined, CustomerRegistered)
    assert (joined.first_name, joined.last_name, joined.phone, joined.email) == ("Hương", "Đỗ", "+84912345678", None)
    assert customer.state == "active"


def test_a_person_who_has_not_confirmed_is_new() -> None:
    assert a_customer(active=False).state == "new"


def test_nobody_joins_twice() -> None:
    with pytest.raises(Conflict, match=r"customers\.registered_before"):
        a_customer().register("0000000A", profile(), {}, pos_id=None, active=True, now=NOW)


def test_a_person_without_name_and_identifier_is_refused() -> None:
    with pytest.raises(DomainError, match=r"customers\.nothing_known") as refused:
        Customer(uuid4()).register("0000000A", Profile(), {}, pos_id=None, active=True, now=NOW)
    assert refused.value.field == "phone"


def test_an_external_id_alone_is_enough_to_join() -> None:
    customer = Customer(uuid4())
    customer.register("0000000A", Profile(), {"external_id": "12346"}, pos_id=None, active=True, now=NOW)
    assert customer.identifiers == {"external_id": "12346"}


def test_an_edit_says_only_what_changed() -> None:
    customer = a_customer()
    customer.edit(customer.profile, {"phone": "+84912345678", "email": "huong@example.com"}, LATER)
    assert customer.pending == [IdentifierChanged(customer_id=customer.id, kind="email", value="huong@example.com", changed_at=LATER)]


def test_an_edit_that_changes_nothing_is_no_event() -> None:
    customer = a_customer()
    customer.edit(customer.profile, dict(customer.identifiers), LATER)
    assert customer.pending == []


def test_an_edit_may_take_a_phone_away_but_not_the_last_thing_known() -> None:
    customer = a_customer()
    customer.edit(customer.profile, {}, LATER)
    assert customer.identifiers == {}
    assert customer.pending[0].value is None
    with pytest.raises(DomainError, match=r"customers\.nothing_known"):
        customer.edit(Profile(), {}, LATER)


def test_a_changed_name_keeps_the_rest_of_the_profile() -> None:
    customer = a_customer()
    customer.edit(customer.profile.with_changes({"first_name": "Hường", "last_name": UNCHANGED}), customer.identifiers, LATER)
    (event,) = customer.pending
    assert isinstance(event, ProfileChanged)
    assert (event.first_name, event.last_name, event.changed_at) == ("Hường", "Đỗ", LATER)


def test_deactivating_needs_a_reason_and_happens_once() -> None:
    customer = a_customer()
    with pytest.raises(DomainError, match=r"customers\.reason_missing"):
        customer.deactivate("  ", LATER)
    customer.deactivate("asked by phone", LATER)
    customer.deactivate("asked again", LATER)
    assert customer.pending == [CustomerDeactivated(customer_id=customer.id, reason="asked by phone", deactivated_at=LATER)]


def test_activating_an_inactive_customer() -> None:
    customer = a_customer()
    customer.activate(LATER)
    assert customer.pending == []
    customer.deactivate("asked", LATER)
    customer.activate(LATER)
    assert customer.pending[-1] == CustomerActivated(customer_id=customer.id, activated_at=LATER)


@pytest.mark.parametrize("ask", [lambda c: c.activate(LATER), lambda c: c.deactivate("x", LATER), lambda c: c.edit(profile(), {}, LATER)])
def test_nothing_can_be_done_to_somebody_who_never_joined(ask: Any) -> None:
    with pytest.raises(NotFound, match=r"customers\.not_found"):
        ask(Customer(uuid4()))


def test_an_erased_person_can_still_be_replayed() -> None:
    customer_id = uuid4()
    joined = CustomerRegistered(
        customer_id=customer_id, code="0000000A", language="vi", pos_id=None, active=True, registered_at=NOW,
        **dict.fromkeys(("first_name", "last_name", "phone", "email", "card", "external_id", "gender", "birth_date"), ERASED),
        **dict.fromkeys(("address", "company", "labels"), None),
    )  # fmt: skip
    assert Customer.replay(customer_id, [joined]).profile.first_name is ERASED


def test_the_id_of_a_new_customer_depends_on_the_command_alone() -> None:
    command_id = uuid4()
    made = customer_id_for(command_id, NOW)
    assert made == customer_id_for(command_id, NOW) != customer_id_for(uuid4(), NOW)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made < customer_id_for(command_id, NOW + timedelta(milliseconds=1))


# -- the profile --------------------------------------------------------------------------------


def test_names_are_composed_and_trimmed() -> None:
    assert profile(first_name="  Hu\u031bo\u031bng ", last_name="Đỗ\t  Thị").first_name == "Hương"
    assert profile(last_name="Đỗ   Thị").last_name == "Đỗ Thị"


@pytest.mark.parametrize("bad", ["Hu\0ong", "Hương\x07", "\u202eHương", "\ufeffHương", "Hu\nong", "\ud800"])
def test_a_name_with_characters_that_cannot_be_shown_is_refused(bad: str) -> None:
    with pytest.raises(DomainError, match=r"customers\.unprintable_text") as refused:
        profile(first_name=bad)
    assert refused.value.field == "first_name"


def test_a_name_has_at_most_100_characters_after_composing() -> None:
    assert len(profile(first_name="o\u031b" * 100).first_name) == 100
    with pytest.raises(DomainError, match=r"customers\.text_too_long") as refused:
        profile(last_name="a" * 101)
    assert (refused.value.field, refused.value.params) == ("last_name", {"longest": 100, "length": 101})


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"gender": "yes"}, "customers.unknown_gender", "gender"),
        ({"language": "de"}, "customers.unknown_language", "language"),
        ({"birth_date": date(1899, 12, 31)}, "customers.birth_date_invalid", "birth_date"),
        ({"birth_date": NOW.date() + timedelta(days=2)}, "customers.birth_date_invalid", "birth_date"),
        ({"labels": {f"l{i}": "" for i in range(51)}}, "customers.too_many_labels", "labels"),
        ({"labels": {"  ": "x"}}, "customers.label_without_key", "labels"),
        ({"labels": {"Tier": "gold", "tier": "silver"}}, "customers.label_twice", "labels"),
        ({"address": "a" * 301}, "customers.text_too_long", "address"),
    ],
)
def test_a_wrong_fact_is_refused_by_its_field(facts: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        profile(**facts)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_labels_are_the_same_in_any_order() -> None:
    assert profile(labels={"b": "1", "a": " 2 "}) == profile(labels={"a": "2", "b": "1"})
    assert profile(labels={"VIP": "", "vip": ""}) == profile(labels={"VIP": ""})


def test_an_address_of_several_lines_becomes_one() -> None:
    assert profile(address="12 Lê Lợi\r\nQuận 1\n").address == "12 Lê Lợi, Quận 1"


# -- every state is the fold of its events --------------------------------------------------------

NAMES = st.sampled_from(["", "An", "Đường", "Łucja"])
PROFILES = st.builds(Profile, first_name=NAMES, last_name=NAMES, language=st.sampled_from(["", "vi", "pl"]))
IDENTIFIERS = st.dictionaries(st.sampled_from(["phone", "email", "card", "external_id"]), st.sampled_from(["1", "2"]))
STEPS = st.one_of(
    st.tuples(st.just("register"), PROFILES, IDENTIFIERS, st.booleans()),
    st.tuples(st.just("edit"), PROFILES, IDENTIFIERS),
    st.tuples(st.just("activate")),
    st.tuples(st.just("deactivate"), st.sampled_from(["", "asked"])),
)


def take(customer: Customer, step: tuple[Any, ...]) -> None:
    match step:
        case ("register", facts, identifiers, active):
            customer.register("0000000A", facts, identifiers, pos_id=None, active=active, now=NOW)
        case ("edit", facts, identifiers):
            customer.edit(facts, identifiers, LATER)
        case ("activate",):
            customer.activate(LATER)
        case ("deactivate", reason):
            customer.deactivate(reason, LATER)


@given(st.lists(STEPS, max_size=12))
def test_live_state_is_replayed_state(steps: list[tuple[Any, ...]]) -> None:
    live = Customer(uuid4())
    for step in steps:
        before = len(live.pending)
        try:
            take(live, step)
        except DomainError:
            assert len(live.pending) == before, "a refusal leaves no event"
    replayed = Customer.replay(live.id, live.pending)
    assert {**vars(replayed), "version": 0, "pending": []} == {**vars(live), "pending": []}
    assert not live.exists or live.profile.is_named or live.identifiers

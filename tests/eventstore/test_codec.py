"""Events become bytes and come back the same; what the log must not hold is refused."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.domain.event import ERASED, EVENT_TYPES, TYPE_OF, EventType, Personal, event
from loyalty.eventstore.codec import UPCASTERS, Shape, UnknownEvent, decode_metadata, encode_metadata, shape_named, shape_of, upcaster
from tests.eventstore.facts import Address, Counted, EverythingHappened, Line, PersonMet, metadata

TENANT, EVENT, KEY = 3, UUID(int=5), AESGCM(bytes(32))
texts = st.text(st.characters(codec="utf-8"), max_size=40)
whole = st.integers(-(2**63), 2**63 - 1)
exact = st.decimals(allow_nan=False, allow_infinity=False, places=4)
lines = st.builds(Line, sku=texts, quantity=whole, unit_price=exact)
everything = st.builds(
    EverythingHappened,
    stream_id=st.uuids(),
    number=whole,
    text=texts,
    share=st.fractions(),
    price=exact,
    at=st.datetimes(timezones=st.just(UTC)),
    on=st.dates(),
    kind=st.sampled_from(["goods", "fee"]),
    numbers=st.lists(whole, max_size=4).map(tuple),
    lines=st.lists(lines, max_size=3).map(tuple),
    certain=st.booleans(),
    maybe=st.none() | whole,
    labels=st.lists(texts, max_size=3).map(tuple),
)
people = st.builds(
    PersonMet,
    person_id=st.uuids(),
    name=texts,
    born_on=st.none() | st.dates(),
    address=st.none() | st.builds(Address, street=texts, city=texts),
    friends=st.lists(texts, max_size=3).map(tuple),
    vip=st.booleans(),
)


def written(it: object, key: AESGCM | None = None) -> str:
    return shape_of(type(it)).encode(it, TENANT, EVENT, key).decode()


def read(cls: type[Any], payload: str, *, version: int | None = None, keys: dict[tuple[int, UUID], AESGCM] | None = None) -> Any:
    return shape_of(cls).decode(version or TYPE_OF[cls].version, payload, TENANT, EVENT, keys or {})


@settings(max_examples=150, deadline=None)
@given(everything)
def test_every_type_of_field_comes_back_the_same(it: EverythingHappened) -> None:
    assert read(EverythingHappened, written(it)) == it


@settings(max_examples=150, deadline=None)
@given(people)
def test_personal_fields_come_back_the_same_with_the_key_and_are_nowhere_without(it: PersonMet) -> None:
    payload = written(it, KEY)
    assert read(PersonMet, payload, keys={(TENANT, it.person_id): KEY}) == it
    erased = read(PersonMet, payload)
    assert erased.person_id == it.person_id
    assert erased.vip == it.vip
    assert erased.name is ERASED
    assert erased.friends is ERASED
    assert (erased.born_on is ERASED) == (it.born_on is not None)
    assert (erased.address is ERASED) == (it.address is not None)


def test_the_text_of_an_event_reads_as_a_person_would_write_it() -> None:
    it = EverythingHappened(
        stream_id=UUID(int=1), number=5, text="đường", share=Fraction(1, 3), price=Decimal("12.50"), at=metadata().occurred_at.replace(
            year=2025, month=1, day=2, hour=3, minute=4, second=5, microsecond=0), on=date(2025, 1, 2), kind="fee", numbers=(1, 2),
        lines=(Line("A", 2, Decimal("1.5")),),
    )  # fmt: skip
    assert written(it) == (
        '{"stream_id":"00000000-0000-0000-0000-000000000001","number":5,"text":"đường","share":"1/3","price":"12.50","at":"2025-01-02T03:04:05Z",'
        '"on":"2025-01-02","kind":"fee","numbers":[1,2],"lines":[{"sku":"A","quantity":2,"unit_price":"1.5"}],"certain":true,"maybe":null,"labels":[]}'
    )


def test_unknown_fields_are_ignored_and_defaults_fill_new_ones() -> None:
    assert read(Counted, '{"number":1,"of_the_future":{"a":[1]}}') == Counted(number=1)


def test_personal_fields_that_are_new_have_their_defaults_too() -> None:
    person = UUID(int=9)
    assert read(PersonMet, f'{{"person_id":"{person}","name":"An"}}') == PersonMet(person_id=person, name="An")


def test_a_field_that_became_personal_later_is_still_read_in_clear() -> None:
    assert read(PersonMet, f'{{"person_id":"{UUID(int=9)}","name":"An","friends":["Bo"]}}').friends == ("Bo",)


def test_metadata_come_back_the_same() -> None:
    it = metadata()
    assert decode_metadata(encode_metadata(it)) == it


@pytest.mark.parametrize("change", ["tenant", "subject", "event", "field"])
def test_a_ciphertext_that_was_moved_does_not_open(change: str) -> None:
    person, other = UUID(int=1), UUID(int=2)
    payload = written(PersonMet(person_id=person, name="An", friends=("Bo",)), KEY)
    if change == "subject":
        payload = payload.replace(str(person), str(other))
    if change == "field":
        payload = payload.replace('"name"', '"x"').replace('"friends"', '"name"').replace('"x"', '"friends"')
    tenant, event_id = (4 if change == "tenant" else TENANT), (other if change == "event" else EVENT)
    with pytest.raises(InvalidTag):
        shape_of(PersonMet).decode(1, payload, tenant, event_id, {(tenant, person): KEY, (tenant, other): KEY})


def test_the_same_name_is_never_encrypted_to_the_same_text() -> None:
    it = PersonMet(person_id=UUID(int=1), name="An")
    assert written(it, KEY) != written(it, KEY)


def test_personal_fields_are_not_written_without_a_key() -> None:
    with pytest.raises(ValueError, match="needs the key"):
        written(PersonMet(person_id=uuid4(), name="An"))


@pytest.fixture
def forget_events() -> Any:
    before, lifts = set(EVENT_TYPES), set(UPCASTERS)
    yield
    for name in set(EVENT_TYPES) - before:
        TYPE_OF.pop(EVENT_TYPES.pop(name).cls)
    for lift in set(UPCASTERS) - lifts:
        del UPCASTERS[lift]


def test_old_shapes_are_lifted_step_by_step(forget_events: None) -> None:
    @upcaster("probe.moved", from_version=1)
    def metres_became_centimetres(fields: dict[str, Any]) -> dict[str, Any]:
        return {"centimetres": fields["metres"] * 100}

    @upcaster("probe.moved", from_version=2)
    def a_direction_came(fields: dict[str, Any]) -> dict[str, Any]:
        return fields | {"towards": "north"}

    @event("probe.moved", version=3)
    class Moved:
        centimetres: int
        towards: str

    assert read(Moved, '{"metres":2}', version=1) == Moved(centimetres=200, towards="north")
    assert read(Moved, '{"centimetres":5}', version=2) == Moved(centimetres=5, towards="north")
    assert read(Moved, '{"centimetres":5,"towards":"south"}', version=3) == Moved(centimetres=5, towards="south")
    with pytest.raises(ValueError, match="already"):
        upcaster("probe.moved", from_version=1)(a_direction_came)


def test_upcasters_see_personal_fields_readable_or_erased(forget_events: None) -> None:
    @event("probe.named", version=1, subject="person_id")
    class OldNamed:
        person_id: UUID
        full_name: Personal[str]
        city: Personal[str]

    payload = written(OldNamed(person_id=UUID(int=7), full_name="Lan Nguyễn", city="Huế"), KEY)
    TYPE_OF.pop(EVENT_TYPES.pop("probe.named").cls)

    @upcaster("probe.named", from_version=1)
    def one_name_became_two(fields: dict[str, Any]) -> dict[str, Any]:
        whole_name = fields.pop("full_name")
        first, last = (whole_name, whole_name) if whole_name is ERASED else whole_name.split(" ")
        return fields | {"first": first, "last": last}

    @event("probe.named", version=2, subject="person_id")
    class Named:
        person_id: UUID
        first: Personal[str]
        last: Personal[str]
        city: Personal[str]
        born_on: Personal[date | None] = None

    found = Shape(TYPE_OF[Named]).decode(1, payload, TENANT, EVENT, {(TENANT, UUID(int=7)): KEY})
    assert found == Named(person_id=UUID(int=7), first="Lan", last="Nguyễn", city="Huế")
    erased = Shape(TYPE_OF[Named]).decode(1, payload, TENANT, EVENT, {})
    assert (erased.first, erased.last, erased.city, erased.born_on) == (ERASED, ERASED, ERASED, None)


def test_floats_are_refused(forget_events: None) -> None:
    @event("probe.weighed")
    class Weighed:
        kilograms: tuple[float, ...]

    with pytest.raises(TypeError, match="float"):
        shape_of(Weighed)


def test_personal_parts_that_would_lie_in_clear_are_refused(forget_events: None) -> None:
    @event("probe.half_personal", subject="person_id")
    class HalfPersonal:
        person_id: UUID
        name: Personal[str] | None = None

    with pytest.raises(TypeError, match="would not be encrypted"):
        shape_of(HalfPersonal)


def test_what_is_no_event_is_not_written() -> None:
    with pytest.raises(TypeError, match="not declared"):
        shape_of(Address)


def test_an_event_that_nobody_publishes_is_not_guessed() -> None:
    with pytest.raises(UnknownEvent, match=r"probe\.nobody"):
        shape_named("probe.nobody")


def test_every_event_of_the_platform_can_be_written() -> None:
    kinds: list[EventType] = list(EVENT_TYPES.values())
    assert len(kinds) >= 3
    for kind in kinds:
        assert Shape(kind).kind is kind

"""Keys of people: personal data is readable while the key exists, and never again."""

from __future__ import annotations

import base64
from io import StringIO
from threading import Thread
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections, transaction

from loyalty import lookup
from loyalty.domain.event import ERASED
from loyalty.eventstore import store
from loyalty.eventstore.keyring import parse_keys
from loyalty.eventstore.keys import SubjectKeys, unwrapped
from loyalty.lookup import Unreadable
from loyalty.tenancy import reading
from tests.eventstore.facts import Address, Counted, PersonMet, commit

ONE, TWO = (f"{n}:" + base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
LAN = {"name": "Lan Hoàng Thị", "address": Address("12 Lê Lợi", "Huế"), "friends": ("+84901234567",)}


def met(tenant_id: int, person: UUID) -> list[object]:
    with reading(tenant_id):
        return store.append({person: 0}, [commit((person, PersonMet(person_id=person, **LAN)))])


def stored(person: UUID) -> str:
    with connections["owner"].cursor() as cursor:
        cursor.execute("select string_agg(e::text, ' ') from event.event e where stream_id = %s", [person])
        return str(cursor.fetchone()[0])


def test_personal_data_are_not_in_the_table(tenant) -> None:
    person = uuid4()
    recorded = met(tenant.id, person)
    row = stored(person)
    for secret in ("Lan", "Hoàng", "Lê Lợi", "Huế", "84901234567"):
        assert secret not in row
    with reading(tenant.id):
        assert store.load(person) == recorded
    assert recorded[0] in store.read(recorded[0].position - 1, 10, up_to=store.horizon())


def test_without_the_key_events_read_erased_everywhere_at_once(tenant) -> None:
    person = uuid4()
    position = met(tenant.id, person)[0].position
    with reading(tenant.id):
        assert SubjectKeys().destroy(person) is True
        assert store.load(person)[0].event.name is ERASED  # in the same transaction
    with reading(tenant.id):
        assert SubjectKeys().destroy(person) is False
        assert store.load(person)[0].event.friends is ERASED
    assert store.read(position - 1, 1, up_to=store.horizon())[0].event.address is ERASED


def test_nothing_personal_is_recorded_about_an_erased_person(tenant) -> None:
    person, other = uuid4(), uuid4()
    met(tenant.id, person)
    with reading(tenant.id):
        SubjectKeys().destroy(person)
    with reading(tenant.id):
        (told,) = store.append({other: 0}, [commit((other, PersonMet(person_id=person, name="Lan")))])
        assert (told.event.name, told.event.born_on, told.event.friends) == (ERASED, None, ERASED), "as projections see it, too"
        assert store.load(other) == [told]
        store.append({person: 1}, [commit((person, Counted(number=1)))])  # what is not personal still may be
    assert "Lan" not in stored(other)


def test_what_is_told_of_others_with_an_erased_person_stays_readable(tenant) -> None:
    gone, there = uuid4(), uuid4()
    for person in (gone, there):
        met(tenant.id, person)
    with reading(tenant.id):
        SubjectKeys().destroy(gone)
        both = [commit((person, PersonMet(person_id=person, name="Bo"))) for person in (gone, there)]
        store.append({gone: 1, there: 1}, both)
        assert [store.load(person)[1].event.name for person in (gone, there)] == [ERASED, "Bo"]


def test_a_person_who_never_had_a_key_can_be_erased_for_good(tenant) -> None:
    person = uuid4()
    with reading(tenant.id):
        assert SubjectKeys().destroy(person) is True
    met(tenant.id, person)
    with reading(tenant.id):
        assert store.load(person)[0].event.name is ERASED


def test_the_same_subject_of_two_tenants_has_two_keys(tenant, other_tenant) -> None:
    person = uuid4()
    for t in (tenant, other_tenant):
        met(t.id, person)
    with reading(tenant.id):
        SubjectKeys().destroy(person)
    with reading(other_tenant.id):
        assert store.load(person)[0].event.name == LAN["name"]


def test_two_who_meet_a_person_at_once_share_one_key(tenant) -> None:
    person, streams = uuid4(), [uuid4(), uuid4()]

    def second() -> None:
        with reading(tenant.id):
            store.append({streams[1]: 0}, [commit((streams[1], PersonMet(person_id=person, name="Bo")))])
        connections.close_all()

    with reading(tenant.id):
        store.append({streams[0]: 0}, [commit((streams[0], PersonMet(person_id=person, name="An")))])
        other = Thread(target=second)
        other.start()
        other.join(0.3)
    other.join(5)
    with reading(tenant.id):
        assert [store.load(s)[0].event.name for s in streams] == ["An", "Bo"]


def test_keys_move_under_a_new_master_key_and_stay_the_same(tenant, settings) -> None:
    person, old = uuid4(), settings.LOYALTY_MASTER_KEYS
    met(tenant.id, person)
    with reading(tenant.id, using="owner"):
        settings.LOYALTY_MASTER_KEYS = f"{old},9:{TWO[2:]}"
        call_command("rewrap_keys", stdout=StringIO())
        settings.LOYALTY_MASTER_KEYS = f"9:{TWO[2:]}"
        assert store.load(person, using="owner")[0].event.name == LAN["name"]
        settings.LOYALTY_MASTER_KEYS = old
        unwrapped.cache_clear()
        with pytest.raises(ImproperlyConfigured, match="lacks key 9"):
            store.load(person, using="owner")
        transaction.set_rollback(True, using="owner")


@pytest.mark.parametrize("text", ["", "1", "1:short", f"1:{'A' * 43}", f"0:{ONE[2:]}", f"{ONE},{ONE}", f"256:{ONE[2:]}", f"x:{ONE[2:]}"])
def test_keys_that_are_not_keys_are_refused_without_showing_them(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        parse_keys(text, "LOYALTY_MASTER_KEYS")
    assert "LOYALTY_MASTER_KEYS" in str(refused.value)
    assert ONE[2:] not in str(refused.value)


def test_the_highest_key_is_current(settings) -> None:
    settings.LOYALTY_LOOKUP_KEYS = f"{TWO}, {ONE}"
    assert lookup.lookup_version() == 2
    assert lookup.lookup_digest("phone", "+84", tenant_id=1) != lookup.lookup_digest("phone", "+84", version=1, tenant_id=1)


def test_look_ups_differ_by_tenant_kind_and_value(tenant) -> None:
    one = lookup.lookup_digest("phone", "+84901234567", tenant_id=tenant.id)
    assert len(one) == 32
    with reading(tenant.id):
        assert lookup.lookup_digest("phone", "+84901234567") == one
    others = {
        lookup.lookup_digest(k, v, tenant_id=t)
        for k, v, t in [("phone", "+84901234568", 1), ("email", "+84901234567", 1), ("phone", "+84901234567", 0)]
    }
    assert len(others | {one}) == 4
    with pytest.raises(RuntimeError, match="tenant"):
        lookup.lookup_digest("phone", "+84901234567")


def test_ids_from_personal_keys_survive_a_new_look_up_key(settings) -> None:
    settings.LOYALTY_LOOKUP_KEYS = ONE
    before = lookup.lookup_id("phone", "+84", tenant_id=1)
    settings.LOYALTY_LOOKUP_KEYS = f"{ONE},{TWO}"
    assert lookup.lookup_id("phone", "+84", tenant_id=1) == before
    assert before.version == 8


def test_sealed_bytes_open_only_in_their_place(settings) -> None:
    settings.LOYALTY_MASTER_KEYS = ONE
    sealed = lookup.seal(b"answer", "idempotency", 7, "key")
    assert lookup.unseal(sealed, "idempotency", 7, "key") == b"answer"
    assert b"answer" not in sealed
    settings.LOYALTY_MASTER_KEYS = f"{ONE},{TWO}"
    assert lookup.unseal(memoryview(sealed), "idempotency", 7, "key") == b"answer"
    for context in (("idempotency", 8, "key"), ("idempotency", "7k", "ey"), ()):
        with pytest.raises(Unreadable):
            lookup.unseal(sealed, *context)
    for broken in (sealed[:-1], sealed[:5], b"", b"\x07" + sealed[1:]):
        with pytest.raises(Unreadable):
            lookup.unseal(broken, "idempotency", 7, "key")

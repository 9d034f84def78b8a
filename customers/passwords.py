"""The guard of passwords: whose is which, and that one is changed by who knows it, or has just said a code.

Only a slow hash is kept, in a table of its own: no event holds one. Whoever has no password is told so no sooner than who typed a wrong
one: a hash is made all the same.

One person has one password. Of who turned out to be one with somebody else, what leads to them opens with the password that they had
before, if they had one, or that led there then, else with that of who stands for both; a new one takes the place of all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection

from customers.domain.challenge import ChallengeKind
from customers.models import Customer
from loyalty.bus import Unit
from loyalty.domain.errors import DomainError, Refusals
from loyalty.lookup import lookup_digests
from loyalty.search.fold import fold
from loyalty.tenancy import reading

LONGEST = 128
LONGEST_TYPED = 2 * LONGEST
"""Characters as keyboards send them, of which some send accents apart."""
LEAST_DIFFERENT = 3
"""So many different characters a password has at least."""
LIKE_ONESELF, COMMON = "password_too_similar", "password_too_common"
UNPRINTABLE = {"Cc", "Cs", "Cn"}
WEAK = {
    "password_too_short": "customers.password_short",
    "password_too_similar": "customers.password_like_oneself",
    "password_entirely_numeric": "customers.password_digits",
}
"""What Django's validators say → our refusal; any other is that it is too common."""
LED_TO = """select p.encoded from customers_identifier i
    left join customers_absorbed a on a.tenant_id = i.tenant_id and a.id = i.customer_id
    join customers_password p on p.tenant_id = i.tenant_id and (p.customer_id = i.customer_id or p.customer_id = a.survivor_id)
    where i.tenant_id = %s and i.kind = %s and i.digest = any (%s) and i.state = 'active' order by p.customer_id <> i.customer_id limit 1"""
OF = """select encoded, set_at from customers_password where tenant_id = %s and customer_id = any (%s)
    order by array_position(%s::uuid[], customer_id) limit 1"""
FORGET = "delete from customers_password where tenant_id = %s and customer_id = any (%s)"
HAND_ON = """insert into customers_password (tenant_id, customer_id, encoded, set_at)
    select tenant_id, side, encoded, %s from customers_password cross join unnest(%s::uuid[]) side
    where tenant_id = %s and customer_id = %s on conflict do nothing"""
SET = "insert into customers_password (tenant_id, customer_id, encoded, set_at) values (%s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Kept:
    """A password as it is kept, and since when."""

    encoded: str
    set_at: datetime


def normal(typed: str) -> str:
    """A password as it is compared: in NFKC, so that it is the same from every keyboard. "" for what no password can be."""
    text = _composed(typed)
    return "" if len(text) > LONGEST or any(unicodedata.category(c) in UNPRINTABLE for c in text) else text


def checked(typed: str, person: Customer, contacts: Collection[str]) -> str:
    """The hash of a new password. `person` has the names, and `contacts` are the phone and email, which it must not be like, with or
    without accents. Blanks in a row are worth one, and a few characters over and over are no password.

    Raises DomainError with field "password" for all that is wrong with it: `customers.password_short`, `password_long`,
    `password_like_oneself`, `password_digits`, `password_common`, `unprintable_text`.
    """
    text = normal(typed)
    if not text and typed:
        wrong = "customers.password_long" if len(_composed(typed)) > LONGEST else "customers.unprintable_text"
        raise DomainError(wrong, field="password", most=LONGEST)
    refusals = Refusals()
    for fault in _faults(" ".join(text.split()), person, contacts):
        with refusals:
            code, told = WEAK.get(fault.code or "", "customers.password_common"), fault.params or {}
            raise DomainError(code, field="password", least=told.get("min_length"))
    refusals.raise_all()
    return make_password(text)


def is_right(typed: str, encoded: str | None) -> bool:
    """Whether a password is the one that is kept. It takes as long when none is (None)."""
    text = normal(typed)
    return check_password(text or "-", encoded or "") and bool(text)


def led_to(tenant_id: int, kind: ChallengeKind, value: str) -> str | None:
    """The hash with which who has a phone or email (normal form) signs in; None for nobody, and for who has no password."""
    with reading(tenant_id), connection.cursor() as cursor:
        cursor.execute(LED_TO, [tenant_id, kind, lookup_digests(kind, value, tenant_id)])
        row = cursor.fetchone()
    return row[0] if row else None


def is_still(unit: Unit, kind: ChallengeKind, value: str, encoded: str) -> bool:
    """Whether it is the same now, in the command's transaction, that has its customer locked."""
    rows = unit.execute(LED_TO, (unit.tenant_id, kind, lookup_digests(kind, value, unit.tenant_id)))
    return bool(rows) and rows[0][0] == encoded


def kept(tenant_id: int, side_id: UUID, survivor_id: UUID) -> Kept | None:
    """The password of who came as `side_id`, for whom `survivor_id` stands. Needs an open `reading`."""
    with connection.cursor() as cursor:
        cursor.execute(OF, [tenant_id, [side_id, survivor_id], [side_id, survivor_id]])
        row = cursor.fetchone()
    return Kept(*row) if row else None


def known_to(unit: Unit, side_id: UUID, survivor_id: UUID) -> str | None:
    """The hash of it, in the command's transaction."""
    rows = unit.execute(OF, (unit.tenant_id, [side_id, survivor_id], [side_id, survivor_id]))
    return rows[0][0] if rows else None


def replace(unit: Unit, sides: Collection[UUID], survivor_id: UUID, encoded: str | None) -> None:
    """Keep it in the place of all that these had who are one; None: they have none from now on."""
    unit.execute(FORGET, (unit.tenant_id, [*sides]))
    if encoded is not None:
        unit.execute(SET, (unit.tenant_id, survivor_id, encoded, unit.now))


def hand_on(unit: Unit, survivor_id: UUID, sides: Collection[UUID]) -> None:
    """Let those who have none open with that of who stands for them also when somebody else does from now on; `forget_since` ends it."""
    unit.execute(HAND_ON, (unit.now, [*sides], unit.tenant_id, survivor_id))


def forget_since(unit: Unit, sides: Collection[UUID], since: datetime) -> None:
    """Take away what was set since then, or passed on: when two are taken apart, nobody can tell which of them it was."""
    unit.execute(f"{FORGET} and set_at >= %s", (unit.tenant_id, [*sides], since))


def _composed(typed: str) -> str:
    return typed if len(typed) > LONGEST_TYPED else unicodedata.normalize("NFKC", typed)


def _faults(text: str, person: Customer, contacts: Collection[str]) -> list[ValidationError]:
    first, last = f"{person.first_name} {person.last_name}", f"{person.last_name} {person.first_name}"
    for name, said in zip(("username", "email", "first_name", "last_name"), (*contacts, first, last), strict=True):
        setattr(person, name, said)
    found = _validated(text, person)
    person.first_name, person.last_name = fold(first), fold(last)
    found |= {code: fault for code, fault in _validated(fold(text), person).items() if code == LIKE_ONESELF}
    if text and len(set(text) - {" "}) < LEAST_DIFFERENT:
        found.setdefault(COMMON, ValidationError("", code=COMMON))
    return list(found.values())


def _validated(text: str, person: Customer) -> dict[str, ValidationError]:
    try:
        validate_password(text, person)  # type: ignore[arg-type]
    except ValidationError as weak:
        return {fault.code or "": fault for fault in weak.error_list}
    return {}

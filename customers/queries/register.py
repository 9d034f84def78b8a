"""Who there is, and what is known of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from customers import finding
from customers.domain.identifiers import KINDS, IdentifierKind, LinkingKind, normal
from customers.domain.profile import Gender, full_name
from customers.domain.purposes import CardState
from customers.domain.state import MAY_EARN, State
from customers.phones import phone, region_of
from customers.queries.here import tenant_here
from customers.queries.merging import STANDS, spending_of_absorbed, survivor, survivors
from customers.sealing import opened
from loyalty.bus import Read
from loyalty.domain.errors import NotFound
from loyalty.tenancy.middleware import tenant_of_id

PERSON = f"""select c.id, w.gender, w.birth_date, w.registered_at, w.language, w.labels
    from customers_customer c left join customers_absorbed p on p.tenant_id = c.tenant_id and p.id = c.id
    join customers_customer w on w.tenant_id = c.tenant_id and w.id = {STANDS}
    where c.id = any (%s::uuid[])"""
STANDING = f"""select c.id, w.state, w.id, array(select a.id from customers_absorbed a where a.survivor_id = w.id order by a.id)
    from customers_customer c left join customers_absorbed p on p.tenant_id = c.tenant_id and p.id = c.id
    join customers_customer w on w.tenant_id = c.tenant_id and w.id = {STANDS}
    where c.id = any (%s::uuid[])"""
"""Of who stands for a customer: the state, the id, and who was merged into them."""
ASKED = f"""select c.id, w.is_asked from unnest(%s::uuid[]) c (id) left join customers_absorbed p on p.id = c.id
    join customers_customer w on w.id = {STANDS}"""
ERASED_AMONG = "select id from customers_customer where tenant_id = %s and id = any (%s::uuid[]) and state = 'erased'"
CARD = """select c.id, c.code, c.first_name, c.last_name, c.phone_last4, c.state, coalesce(nullif(c.language, ''), %s),
    c.registered_at, coalesce(s.purchases, 0), coalesce(s.total, 0), coalesce(s.currency, %s), s.last_purchase_at
    from customers_customer c left join customers_spending s on s.tenant_id = c.tenant_id and s.customer_id = c.id
    where c.tenant_id = %s and c.state <> 'erased'"""
NOT_MERGED = " and not exists (select from customers_absorbed a where a.tenant_id = c.tenant_id and a.id = c.id)"
PROFILE = """select gender, birth_date, language, labels, pos_id, registered_by, seller_id, referrer_id, card_state, address_sealed,
    company_sealed, tax_number_sealed from customers_customer where tenant_id = %s and id = %s and state <> 'erased'"""
SEALED = """select phone_sealed, email_sealed, card_sealed, external_id_sealed
    from customers_customer where tenant_id = %s and id = %s and state <> 'erased'"""


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """A customer as lists and the till show them.

    `language` is the customer's, or else the tenant's; `total` is what was kept of all purchases, in minor units of `currency`. `asked_id`
    is of whom it was asked, where that is somebody who was merged into them.
    """

    id: UUID
    code: str
    first_name: str
    last_name: str
    phone_last4: str
    state: State
    language: str
    registered_at: datetime
    purchases: int
    total: int
    currency: str
    last_purchase_at: datetime | None
    asked_id: UUID | None = None

    @property
    def side(self) -> UUID:
        """Of whom it was asked: to whom belongs what comes by what led here."""
        return self.asked_id or self.id

    @property
    def name(self) -> str:
        """The whole name in the order of the customer's language; the code where there is none."""
        return full_name(self.first_name, self.last_name, self.language) or self.code


@dataclass(frozen=True, slots=True)
class Profile:
    """What else is known of a customer; "" where nothing is. `registered_by` is the actor of the registration, `seller_id` the member
    of staff who brought them, `referrer_id` the customer who did.
    """

    gender: Gender
    birth_date: date | None
    language: str
    labels: dict[str, str]
    pos_id: UUID | None
    registered_by: str
    seller_id: UUID | None
    referrer_id: UUID | None
    card_state: CardState
    address: str
    company: str
    tax_number: str


@dataclass(frozen=True, slots=True)
class Contacts:
    """Whole identifiers of a customer, for those who may see them. `phone` is E.164."""

    phone: str | None
    email: str | None
    card: str | None
    external_id: str | None


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Customers in order, and the place after the last of them: None on the last page."""

    items: tuple[CustomerCard, ...]
    after: tuple[datetime, UUID] | None


def standing_read(customer_id: UUID) -> Read:
    """For handlers of other contexts: one row, none for somebody unknown, of who stands for the customer: state, id, and the ids of those
    who were merged into them.
    """
    return Read(STANDING, customer_id)


def asked_read(customer_id: UUID) -> Read:
    """For handlers of other contexts: one row (is asked,) of who stands for the customer, who spends nothing by themselves until it is
    certain who they are: `customers.fact_needed`. None for somebody unknown.
    """
    return Read(ASKED, customer_id)


def is_asked(customer_id: UUID) -> bool:
    """Whether a customer is asked for a second fact before they spend."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [[customer_id]])
        return any(row[1] for row in cursor.fetchall())


def profile_read(customer_id: UUID) -> Read:
    """For handlers of other contexts: one row (gender, birth date, registered at, language, labels) of the customer; none for somebody
    unknown. Personal: it goes into no event.
    """
    return Read(PERSON, customer_id)


def may_earn(state: str | None) -> bool:
    """Whether purchases of a customer in this state give points."""
    return state in MAY_EARN


def customer(customer_id: UUID) -> CustomerCard:
    """Raises NotFound `customers.not_found` for an id that is unknown, another tenant's or erased."""
    found = cards([customer_id])
    if not found:
        raise NotFound("customers.not_found")
    return found[0]


def card_alone(customer_id: UUID) -> CustomerCard:
    """The same of this very customer, also where somebody else stands for them."""
    found = _cards(" and c.id = %s", customer_id)
    if not found:
        raise NotFound("customers.not_found")
    return found[0]


def erased(ids: Iterable[UUID]) -> set[UUID]:
    """Those of `ids` who were erased."""
    with connection.cursor() as cursor:
        cursor.execute(ERASED_AMONG, [tenant_here(), [*ids]])
        return {row[0] for row in cursor.fetchall()}


def cards(ids: Sequence[UUID]) -> list[CustomerCard]:
    """Those customers of `ids` who are there, in the order of `ids`; for who was merged, who stands for them."""
    whole = survivors(ids)
    found = {card.id: card for card in _cards(" and c.id = any (%s)", [*{*whole.values()}])}
    known = [(i, found[whole[i]]) for i in ids if whole[i] in found]
    return [card if card.id == i else replace(card, asked_id=i) for i, card in known]


def customer_by(kind: IdentifierKind, text: str, region: str = "") -> CustomerCard | None:
    """The one customer who holds a phone, email, card, code or external id, as typed; None when nobody does or it is none."""
    return next(iter(cards([i for _, i in finding.holders([kind], [text], tenant_here(), region or home_region())])), None)


def identified(kind: IdentifierKind, texts: Collection[str], region: str = "") -> dict[str, UUID]:
    """The customer for each of `texts` that somebody holds as identifiers of one kind; one query, for imports."""
    return dict(finding.holders([kind], texts, tenant_here(), region or home_region()))


def named(text: str, region: str = "") -> CustomerCard | None:
    """The one customer whose phone, email, card, code or external id was typed; None when nobody has it, or several."""
    found = cards([*{holder for _, holder in finding.holders(KINDS, [text.strip()], tenant_here(), region or home_region())}])
    return found[0] if len({card.id for card in found}) == 1 else None


def holders(references: Sequence[tuple[IdentifierKind, str]]) -> dict[IdentifierKind, UUID]:
    """Who holds each of the identifiers, in their normal forms; one query, and none for no identifiers."""
    return finding.holders_of_normal(references, tenant_here())


def led_to(kind: LinkingKind, value: str) -> UUID | None:
    """The customer to whom a browser or an account in a messenger leads; None when it is nobody, or several."""
    found = finding.led_to(kind, value, tenant_here())
    return found and survivor(found)


def normal_identifier(kind: IdentifierKind, text: str, region: str) -> str:
    """The one spelling of what was typed. Raises DomainError with the kind as field when it can be none."""
    return phone(text, region) if kind == "phone" else normal(kind, text)


def search(text: str, limit: int = 20, *, states: Collection[State] = (), region: str = "") -> list[CustomerCard]:
    """Customers by what a seller types: words of the name in any order and without accents, a whole phone in any spelling,
    its last 4 digits, a code, a card, a whole email, an external id. The best first, at most `limit`; none for blank text.

    `states` narrows it down to customers in one of them, wherever they stand among the 10,000 best.
    """
    wanted: dict[UUID, CustomerCard] = {}
    for ids in finding.found(text, tenant_here(), limit, region or home_region()):
        for card in cards(ids):
            if not states or card.state in states:
                wanted.setdefault(card.id, card)
        if len(wanted) >= limit:
            break
    return [*wanted.values()][:limit]


def customers(*, limit: int = 50, after: tuple[datetime, UUID] | None = None, states: Collection[State] = ()) -> CustomerPage:
    """All customers but those who were merged, those who joined last first; `after` is the place where the page before ended."""
    conditions = NOT_MERGED
    params: list[Any] = []
    if states:
        conditions += " and c.state = any (%s)"
        params.append(list(states))
    if after is not None:
        conditions += " and (c.registered_at, c.id) < (%s, %s)"
        params += after
    found = _cards(conditions + " order by c.registered_at desc, c.id desc limit %s", *params, limit + 1)
    page = tuple(found[:limit])
    return CustomerPage(page, (page[-1].registered_at, page[-1].id) if len(found) > limit else None)


def home_region() -> str:
    """The tenant's country (ISO 3166): phones typed without a country code belong there."""
    return region_of(tenant_of_id(tenant_here()).time_zone)


def profile(customer_id: UUID) -> Profile:
    """Raises NotFound as `customer` does."""
    *plain, address, company, tax_number = _row(PROFILE, customer_id)
    gender, birth_date, language, labels, *joined = plain
    told = {"address": address, "company": company, "tax_number": tax_number}
    known: dict[str, Any] = {name: opened(sealed, name, tenant_here(), customer_id) or "" for name, sealed in told.items()}
    return Profile(gender, birth_date, language, orjson.loads(labels), *joined, **known)


def contacts(customer_id: UUID) -> Contacts:
    """Only for those who may see whole numbers and addresses. Raises NotFound as `customer` does."""
    sealed = dict(zip(("phone", "email", "card", "external_id"), _row(SEALED, customer_id), strict=True))
    return Contacts(**{field: opened(value, field, tenant_here(), customer_id) for field, value in sealed.items()})


def _cards(conditions: str, *params: Any) -> list[CustomerCard]:
    tenant = tenant_of_id(tenant_here())
    with connection.cursor() as cursor:
        cursor.execute(CARD + conditions, [tenant.default_language, tenant.currency, tenant.id, *params])
        return _together([CustomerCard(*row) for row in cursor.fetchall()])


def _together(found: list[CustomerCard]) -> list[CustomerCard]:
    """With what those bought who were merged into them."""
    more = spending_of_absorbed([card.id for card in found])
    return [
        replace(
            card,
            purchases=card.purchases + more[card.id].purchases,
            total=card.total + more[card.id].total,
            last_purchase_at=max(filter(None, (card.last_purchase_at, more[card.id].last_purchase_at)), default=None),
        )
        if card.id in more
        else card
        for card in found
    ]


def _row(sql: str, customer_id: UUID) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [tenant_here(), customer_id])
        row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        raise NotFound("customers.not_found")
    return row

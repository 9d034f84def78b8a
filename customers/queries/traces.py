"""What tells of a customer, for other contexts that keep it out of texts which stay when the customer is erased."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from customers.domain.identifiers import IdentifierKind, normal
from customers.phones import phone, region_of
from customers.queries.merging import STANDS
from loyalty.bus import Read
from loyalty.domain.errors import DomainError
from loyalty.lookup import lookup_digests
from loyalty.search.fold import fold
from loyalty.tenancy.middleware import tenant_of_id

KNOWN = f"""select c.id, w.first_name, w.last_name, array(select i.digest from customers_identifier i
        where i.tenant_id = w.tenant_id and i.customer_id = w.id and i.kind in ('phone', 'card', 'external_id'))
    from customers_customer c left join customers_absorbed p on p.tenant_id = c.tenant_id and p.id = c.id
    cross join lateral (select {STANDS} union all select a.id from customers_absorbed a
        where a.tenant_id = c.tenant_id and a.survivor_id = {STANDS}) o (id)
    join customers_customer w on w.tenant_id = c.tenant_id and w.id = o.id
    where c.id = any (%s::uuid[])"""
"""Of all who turned out to be one with a customer: the names, and the digests of what points or pointed to them."""
SHORTEST = 5
"""Characters of a text that can tell of somebody: "Lê An"."""
SHORTEST_NUMBER = 6
"""Characters of a card or an external id: shorter ones are numbers as there are many."""
ALONE = 8
"""Letters of a whole name that is told apart though nothing stands between its words: "nguyenvanan"."""
REGIONS = ("VN", "PL")
"""Countries (ISO 3166) whose phones are read without their code, beside the tenant's own."""
NUMBERS: tuple[IdentifierKind, ...] = ("card", "external_id")
NAMING = frozenset(
    {
        "name", "first name", "given name", "last name", "surname", "full name", "customer", "customer name", "client", "guest",
        "guest name", "buyer", "recipient", "client name", "buyer name", "recipient name", "cup name", "name on cup", "name on the cup",
        "ten", "ho", "ho ten", "ho va ten", "khach", "khach hang", "ten khach", "ten khach hang", "nguoi mua", "nguoi nhan",
        "kh", "ten kh", "nguoi dat", "ten nguoi mua", "ten nguoi nhan", "ten nguoi dat", "ten tren ly", "ten tren coc",
        "imie", "nazwisko", "imie i nazwisko", "klient", "klientka", "imie klienta", "gosc", "kupujacy", "odbiorca", "nabywca",
        "imie odbiorcy", "imie na kubku",
    }
)  # fmt: skip
"""Labels, folded, that say that what stands behind them is called so: there one word of a name tells of somebody."""
FORMS = frozenset({"anh", "chi", "em", "co", "chu", "bac", "ong", "ba", "mr", "mrs", "ms", "miss", "pan", "pani"})
"""What people are called beside their name. Where nothing else stands, it may be the name: Anh, Chi."""
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\+?[0-9](?:[ ().-]{0,2}[0-9]){7,14}", re.ASCII)
_PART = re.compile(r"[^\s,;:=/|]+")


@dataclass(frozen=True, slots=True)
class Traces:
    """What tells of one customer: their names as (first, last) in words, and what points or pointed to them, as digests."""

    tenant_id: int
    names: frozenset[tuple[tuple[str, ...], tuple[str, ...]]]
    digests: frozenset[bytes]

    def are_in(self, text: str) -> bool:
        """Whether a text holds a word of the first beside one of the last name, in whatever case, accents and order, or a phone, card
        or external id of theirs. One word alone tells of nobody: names are also words. Behind some labels it does: `are_called`.
        """
        return len(text) >= SHORTEST and (self._names_in(_words(text)) or self._points(text))

    def are_parted_among(self, texts: Iterable[str]) -> bool:
        """Whether one of the texts is their first name and another their last."""
        told = {_words(text) for text in texts}
        return any(first in told and last in told for first, last in self.names if first and last)

    def are_called(self, label: str, value: str) -> bool:
        """Whether a label that names somebody ("customer: Lan") has nothing but their name behind it, and be it one word of it."""
        if " ".join(_words(label)) not in NAMING:
            return False
        told = {*_words(value)}
        called = told - FORMS
        return any(called <= {*of} if called else not told.isdisjoint(of) for of in ((*first, *last) for first, last in self.names))

    def _names_in(self, told: Sequence[str]) -> bool:
        beside = {*pairwise(told)}
        return any(not beside.isdisjoint(_pairs(*name)) or not _joined(*name).isdisjoint(told) for name in self.names)

    def _points(self, text: str) -> bool:
        return bool(self.digests) and any(not self.digests.isdisjoint(found) for found in self._digests_of(text))

    def _digests_of(self, text: str) -> Iterator[list[bytes]]:
        plain = fold(text)
        for number in _NUMBER.findall(plain):
            for region in {region_of(tenant_of_id(self.tenant_id).time_zone), *REGIONS}:
                with suppress(DomainError):
                    yield lookup_digests("phone", phone(number, region), self.tenant_id)
        for part in dict.fromkeys([text.strip(), *_PART.findall(text)]):
            if len(part) >= SHORTEST_NUMBER:
                for kind in NUMBERS:
                    with suppress(DomainError):
                        yield lookup_digests(kind, normal(kind, part), self.tenant_id)


def traces_read(customer_id: UUID) -> Read:
    """For handlers of other contexts: what `traces_of` makes something of. Personal: it goes into no event."""
    return Read(KNOWN, customer_id)


def traces_of(tenant_id: int, rows: Iterable[Sequence[Any]]) -> Traces:
    """What the rows of `traces_read` tell, without their key."""
    found = list(rows)
    names = frozenset((_words(first), _words(last)) for first, last, _digests in found)
    return Traces(tenant_id, names, frozenset(bytes(digest) for *_, digests in found for digest in digests))


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


def _pairs(first: Sequence[str], last: Sequence[str]) -> set[tuple[str, str]]:
    """Words that are somebody's name, side by side; where a whole name stands in one field, any two of it."""
    given, family = (first, last) if first and last else ((first or last), (first or last))
    return {pair for a in given for b in family if a != b for pair in ((a, b), (b, a))}


def _joined(first: Sequence[str], last: Sequence[str]) -> set[str]:
    """The whole name without anything between its words."""
    return {joined for parts in ((*first, *last), (*last, *first)) if len(parts) > 1 and len(joined := "".join(parts)) >= ALONE}

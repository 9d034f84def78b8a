"""What points to a customer. Of each kind is known how far it may be trusted:

unique   phone, email, loyalty card, code, external id: belongs to one customer at a time, and somebody else's is refused;
linking  a browser, an account that one page of a messenger knows: leads to a customer until another one has it too, and then to nobody;
shared   a device that a shop lays out for everybody: says nothing about who somebody is, and is never kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, get_args

from customers.domain.code import parse_code
from customers.domain.text import plain
from loyalty.domain.errors import DomainError, Refusals
from loyalty.domain.phone import Phone

IdentifierKind = Literal["phone", "email", "card", "code", "external_id"]
KINDS: tuple[IdentifierKind, ...] = get_args(IdentifierKind)
LinkingKind = Literal["browser_id", "page_scoped_id"]
LINKING: tuple[LinkingKind, ...] = get_args(LinkingKind)
SharedKind = Literal["store_device"]
GIVEN: tuple[IdentifierKind, ...] = ("phone", "email", "card", "external_id")
"""Those that come with a person; a code is made here."""
LONGEST_EXTERNAL_ID = 100
LONGEST_LINK = 200
_CARD = re.compile(r"[0-9A-Z]{3,40}\Z", re.ASCII)
_MAILBOX = re.compile(r"[^\s@\"<>(),:;\\\[\]]{1,64}\Z")
_DOMAIN = re.compile(r"(?=.{3,253}\Z)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_](?:[\w-]{0,61}[^\W_])\Z")


def normal_email(text: str) -> str:
    """An address in lower case. Raises DomainError `customers.email_invalid` when it cannot be one."""
    address = unicodedata.normalize("NFC", text).strip().lower()
    mailbox, _, domain = address.rpartition("@")
    if len(address) > 254 or not _MAILBOX.match(mailbox) or not address.isprintable():
        raise DomainError("customers.email_invalid", field="email")
    if mailbox.startswith(".") or mailbox.endswith(".") or ".." in mailbox or not _DOMAIN.match(domain):
        raise DomainError("customers.email_invalid", field="email")
    return address


def normal_card(text: str) -> str:
    """A card number in capitals without blanks and hyphens. Raises DomainError `customers.card_invalid`."""
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not _CARD.match(number):
        raise DomainError("customers.card_invalid", field="card")
    return number


def normal_external_id(text: str) -> str:
    """The id of the customer in another system, kept as it is written there. Raises DomainError."""
    return plain(text, "external_id", LONGEST_EXTERNAL_ID)


def normal_link(kind: LinkingKind | SharedKind, text: str) -> tuple[LinkingKind, str]:
    """What links to a customer, kept as it is written. Raises DomainError `customers.identifier_shared` for a kind that is no evidence of
    anybody, and `customers.link_missing` for nothing.
    """
    if kind == "store_device":
        raise DomainError("customers.identifier_shared", field="kind")
    if not (written := plain(text, "value", LONGEST_LINK)):
        raise DomainError("customers.link_missing", field="value")
    return kind, written


@lru_cache(maxsize=4096)
def normal(kind: IdentifierKind, text: str) -> str:
    """The one spelling of an identifier. A phone must be E.164: reading what people type is at the edge."""
    match kind:
        case "phone":
            return Phone(text).number
        case "email":
            return normal_email(text)
        case "card":
            return normal_card(text)
        case "code":
            return parse_code(text)
        case "external_id":
            return normal_external_id(text)


def normal_identifiers(given: Mapping[IdentifierKind, str | None], refusals: Refusals) -> dict[IdentifierKind, str]:
    """Those of `given` that hold something, in their normal form; what has none is in `refusals`."""
    normal_forms: dict[IdentifierKind, str] = {}
    for kind, text in given.items():
        if text is not None and text.strip():
            with refusals:
                normal_forms[kind] = normal(kind, text)
    return normal_forms

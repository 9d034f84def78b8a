"""Which document a purchase is: a number counts once in its scope, however it is typed."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from functools import lru_cache
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id
from loyalty.domain.period import business_day

DocumentScope = Literal["merchant", "pos", "pos_year", "pos_day"]
"""Within what a merchant never uses a document number twice; frozen at its first purchase."""
LONGEST_NUMBER = 64


def normal_form(number: str) -> str:
    """The form in which two document numbers are compared: NFKC, trimmed, case folded."""
    if number.isascii():
        return number.strip().lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", number).strip().casefold())


def scope_key(scope: DocumentScope, pos_id: UUID | None, at: datetime, zone: str) -> str:
    """The part of the document's identity that its scope adds; years and days are those of the tenant's `zone`."""
    match scope:
        case "merchant":
            return ""
        case "pos":
            return str(pos_id)
        case "pos_year":
            return f"{pos_id}/{business_day(at, ZoneInfo(zone)).year}"
        case "pos_day":
            return f"{pos_id}/{business_day(at, ZoneInfo(zone)).isoformat()}"


def deciding_zone(scope: DocumentScope, zone: str) -> str:
    """The `zone`, where it has a say in which document it is; otherwise ""."""
    return zone if scope in {"pos_year", "pos_day"} else ""


@lru_cache(maxsize=1000)
def document_id(tenant_id: int, merchant_id: UUID, scope: DocumentScope, pos_id: UUID | None, number: str, at: datetime, zone: str) -> UUID:
    """The stream of a sale or return document: the same for every spelling of its number. It is also the purchase's id."""
    return derived_id("purchase", tenant_id, merchant_id, scope_key(scope, pos_id, at, zone), normal_form(number))


def check_number(number: str) -> None:
    """Raises DomainError when `number` cannot name a document."""
    normal = normal_form(number)
    if not normal:
        raise DomainError("earning.document_number_missing", field="document_number")
    if max(len(normal), len(number.strip())) > LONGEST_NUMBER or not normal.isprintable():
        raise DomainError("earning.document_number_invalid", field="document_number", longest=LONGEST_NUMBER)

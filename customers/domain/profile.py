"""What the programme knows of a person beside the identifiers that point to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final, Literal, get_args

from customers.domain import text
from loyalty.domain.errors import DomainError, Refusals

Gender = Literal["male", "female", "undisclosed"]
GENDERS: tuple[Gender, ...] = get_args(Gender)
LANGUAGES = ("vi", "en", "pl")
_TAX_NUMBER = re.compile(r"[A-Z]{0,3}[0-9][0-9A-Z .-]{3,18}\Z", re.ASCII)
EARLIEST_BIRTH = date(1900, 1, 1)


def tax_number(given: str) -> str:
    """The number under which a company pays taxes, in capitals. Raises DomainError `customers.tax_number_invalid`."""
    number = text.plain(given, "tax_number", text.LONGEST_NAME).upper()
    if number and not _TAX_NUMBER.match(number):
        raise DomainError("customers.tax_number_invalid", field="tax_number")
    return number


_SPELLED: dict[str, Callable[[Any], Any]] = {
    "first_name": lambda given: text.name(given, "first_name"),
    "last_name": lambda given: text.name(given, "last_name"),
    "address": lambda given: text.on_one_line(given, "address", text.LONGEST_ADDRESS),
    "company": lambda given: text.name(given, "company"),
    "tax_number": tax_number,
    "labels": text.labels,
}
"""The normal form of what people write, by field."""


def full_name(first_name: str, last_name: str, language: str) -> str:
    """The whole name in the order of a language: family name first in Vietnamese."""
    parts = (last_name, first_name) if language == "vi" else (first_name, last_name)
    return " ".join(filter(None, parts))


class Unchanged(Enum):
    """The one value that says: leave this as it is."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Names and what else a person tells; "" stands for not told. `language` is a code of `LANGUAGES` or ""."""

    first_name: str = ""
    last_name: str = ""
    gender: Gender = "undisclosed"
    birth_date: date | None = None
    address: str = ""
    company: str = ""
    tax_number: str = ""
    language: str = ""
    labels: dict[str, str] = field(default_factory=dict)

    def checked(self, today: date) -> Profile:
        """The same in normal form. Raises DomainError for all fields at fault; `today` bounds the birth date."""
        refusals = Refusals()
        normal: dict[str, Any] = {}
        for name, spelled in _SPELLED.items():
            if given := getattr(self, name):
                with refusals:
                    normal[name] = spelled(given)
        with refusals:
            self._refuse_unknown(today)
        refusals.raise_all()
        return replace(self, **normal)

    def _refuse_unknown(self, today: date) -> None:
        refusals = Refusals()
        with refusals:
            if self.gender not in GENDERS:
                raise DomainError("customers.unknown_gender", field="gender")
        with refusals:
            if self.language and self.language not in LANGUAGES:
                raise DomainError("customers.unknown_language", field="language", known=", ".join(LANGUAGES))
        with refusals:
            if self.birth_date is not None and not EARLIEST_BIRTH <= self.birth_date <= today + timedelta(days=1):
                raise DomainError("customers.birth_date_invalid", field="birth_date")
        refusals.raise_all()

    def with_changes(self, changes: dict[str, Any]) -> Profile:
        """The same with those of `changes` that are not UNCHANGED."""
        return replace(self, **{name: value for name, value in changes.items() if value is not UNCHANGED})

    @property
    def is_named(self) -> bool:
        return bool(self.first_name or self.last_name)

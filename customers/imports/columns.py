"""What a row of a customer file says, once its columns are known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.domain.identifiers import IdentifierKind, normal
from customers.domain.profile import Gender, Profile
from customers.domain.purposes import PURPOSES, ConsentPurpose
from customers.phones import phone
from loyalty.domain.errors import DomainError
from loyalty.imports import Cells, Row, everything_wrong
from loyalty.search.fold import fold

FIELDS: dict[str, tuple[str, ...]] = {
    "external_id": ("external id", "customer id", "customerid", "id", "ma khach hang", "ma kh", "id klienta", "numer klienta"),
    "code": ("code", "customer code", "ma so"),
    "card": ("card", "card number", "loyalty card", "so the", "ma the", "the", "karta", "numer karty"),
    "phone": (
        "phone", "phone number", "mobile", "tel", "telephone", "dien thoai", "so dien thoai", "sdt", "so dt", "dt", "dtdd", "di dong",
        "telefon", "numer telefonu", "nr telefonu", "komorka",
    ),
    "email": ("email", "e mail", "mail", "thu dien tu"),
    "first_name": ("first name", "firstname", "given name", "ten", "imie"),
    "last_name": ("last name", "lastname", "surname", "family name", "ho", "ho dem", "nazwisko"),
    "name": ("name", "full name", "fullname", "customer name", "ho ten", "ho va ten", "ten khach hang", "imie i nazwisko"),
    "gender": ("gender", "sex", "gioi tinh", "plec"),
    "birth_date": ("birth date", "birthdate", "birthday", "date of birth", "dob", "ngay sinh", "sinh nhat", "data urodzenia"),
    "address": ("address", "dia chi", "adres"),
    "company": ("company", "cong ty", "firma"),
    "tax_number": ("tax number", "tax id", "vat id", "ma so thue", "mst", "nip"),
    "language": ("language", "ngon ngu", "jezyk"),
    "labels": ("labels", "label", "tags", "nhan", "etykiety"),
    "consents": ("consents", "consent", "dong y", "zgody", "zgoda"),
    "consent_text": ("consent text", "consent version", "phien ban dong y", "wersja zgody"),
}  # fmt: skip
"""Fields that a column of the file may be mapped to, and the words by which such columns go. Each row needs one of IDENTIFIERS."""
GENDERS: dict[str, Gender] = {
    "male": "male", "m": "male", "man": "male", "nam": "male", "mezczyzna": "male",
    "female": "female", "f": "female", "woman": "female", "nu": "female", "kobieta": "female", "k": "female",
    "undisclosed": "undisclosed", "other": "undisclosed", "khac": "undisclosed", "-": "undisclosed",
}  # fmt: skip
SPOKEN = {
    "vi": "vi", "vn": "vi", "tieng viet": "vi", "vietnamese": "vi", "en": "en", "english": "en", "tieng anh": "en", "pl": "pl",
    "polski": "pl", "polish": "pl",
}  # fmt: skip
IDENTIFIERS: tuple[IdentifierKind, ...] = ("code", "external_id", "card", "phone", "email")
"""By which somebody is found who is there already, the surest first."""
LONGEST = 1000

LABELS: dict[str, Any] = {
    "external_id": _("External id"),
    "code": _("Customer code"),
    "card": _("Loyalty card"),
    "phone": _("Phone"),
    "email": _("Email"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "name": _("Whole name"),
    "gender": _("Gender"),
    "birth_date": _("Birth date"),
    "address": _("Address"),
    "company": _("Company"),
    "tax_number": _("Tax number"),
    "language": _("Language"),
    "labels": _("Labels"),
    "consents": _("Consents"),
    "consent_text": _("Version of the text"),
}
"""The fields as people read them."""


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One row in normal form; what the file leaves empty is None or "". `identifiers` are by kind."""

    line: int
    identifiers: dict[IdentifierKind, str]
    first_name: str = ""
    last_name: str = ""
    gender: Gender | None = None
    birth_date: date | None = None
    address: str = ""
    company: str = ""
    tax_number: str = ""
    language: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    consents: tuple[ConsentPurpose, ...] = ()
    consent_text: str = ""


@dataclass(frozen=True, slots=True)
class CustomerColumns:
    """How to read the rows of a file. `region` is the country of phones, `family_first` the order of names in one column."""

    cells: Cells
    region: str
    family_first: bool
    today: date

    def read(self, row: Row) -> CustomerRow:
        """Raises DomainError for all fields at fault when the row cannot be understood."""
        try:
            return self._read(row)
        except DomainError as problem:
            raise everything_wrong(problem, self._readers(row)) from None

    def _readers(self, row: Row) -> Iterator[Callable[[], object]]:
        """What reads one cell each; `_read` may stop at the first."""
        yield from (partial(self._identifier, row, kind) for kind in IDENTIFIERS)
        yield partial(self._identifiers, row)
        yield from (partial(self._checked, row, (name,)) for name in COMPARED)
        yield from (partial(self._consents, row), partial(self._text, row, "consent_text"))

    def _read(self, row: Row) -> CustomerRow:
        profile = self._checked(row, COMPARED)
        return CustomerRow(
            line=row.line,
            identifiers=self._identifiers(row),
            gender=self._gender(row),
            consents=self._consents(row),
            consent_text=self._text(row, "consent_text"),
            **{name: getattr(profile, name) for name in COMPARED if name != "gender"},
        )

    def _checked(self, row: Row, names: Sequence[str]) -> Profile:
        """What the row tells of these fields of a person."""
        return Profile(**{name: self._fact(row, name) for name in names}).checked(self.today)

    def _fact(self, row: Row, name: str) -> Any:
        match name:
            case "first_name" | "last_name":
                return self._names(row)[name == "last_name"]
            case "gender":
                return self._gender(row) or "undisclosed"
            case "birth_date":
                return self.cells.day(row, name)
            case "language":
                return self._language(row)
            case "labels":
                return self.cells.labels(row, name, LONGEST)
            case _:
                return self._text(row, name)

    def _text(self, row: Row, name: str) -> str:
        return self.cells.text(row, name, LONGEST)

    def _identifiers(self, row: Row) -> dict[IdentifierKind, str]:
        """Those of the row. One is needed: who has none would be registered once more whenever the file is read."""
        found: dict[IdentifierKind, str] = {kind: held for kind in IDENTIFIERS if (held := self._identifier(row, kind))}
        if not found:
            raise DomainError("imports.no_identifier", field="phone")
        return found

    def _identifier(self, row: Row, kind: IdentifierKind) -> str:
        text = self._text(row, kind)
        if not text:
            return ""
        return phone(text, self.region) if kind == "phone" else normal(kind, text)

    def _names(self, row: Row) -> tuple[str, str]:
        first, last = self._text(row, "first_name"), self._text(row, "last_name")
        words = self._text(row, "name").split()
        if first or last or not words:
            return first, last
        if self.family_first:
            return words[-1], " ".join(words[:-1])
        return " ".join(words[:-1] or words), words[-1] if len(words) > 1 else ""

    def _gender(self, row: Row) -> Gender | None:
        text = self._text(row, "gender")
        if text and fold(text) not in GENDERS:
            raise DomainError("customers.unknown_gender", field="gender")
        return GENDERS[fold(text)] if text else None

    def _consents(self, row: Row) -> tuple[ConsentPurpose, ...]:
        """“terms; marketing_sms”."""
        named = [word.strip() for word in re.split("[;,]", self._text(row, "consents").lower()) if word.strip()]
        if any(word not in PURPOSES for word in named):
            raise DomainError("customers.unknown_purpose", field="consents", known=", ".join(PURPOSES))
        return tuple(purpose for purpose in PURPOSES if purpose in named)

    def _language(self, row: Row) -> str:
        text = self._text(row, "language")
        return SPOKEN.get(fold(text), text.lower())


COMPARED: Sequence[str] = ("first_name", "last_name", "gender", "birth_date", "address", "company", "tax_number", "language", "labels")


def facts(row: CustomerRow) -> dict[str, Any]:
    """What the row tells of a person beside the identifiers: only what is not empty."""
    return {name: value for name in COMPARED if (value := getattr(row, name))}

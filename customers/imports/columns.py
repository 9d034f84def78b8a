"""What a row of a customer file says, once its columns are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.domain.identifiers import IdentifierKind, normal
from customers.domain.profile import Gender, Profile
from customers.domain.purposes import PURPOSES, ConsentPurpose
from customers.phones import phone
from loyalty.domain.errors import DomainError
from loyalty.imports import Cells, Row
from loyalty.search.fold import fold

FIELDS: dict[str, tuple[str, ...]] = {
    "external_id": ("external id", "customer id", "customerid", "id", "ma khach hang", "ma kh", "id klienta", "numer klienta"),
    "code": ("code", "customer code", "ma so"),
    "card": ("card", "card number", "loyalty card", "so the", "ma the", "the", "karta", "numer karty"),
    "phone": ("phone", "phone number", "mobile", "tel", "telephone", "dien thoai", "so dien thoai", "sdt", "telefon", "komorka"),
    "email": ("email", "e mail", "mail", "thu dien tu"),
    "first_name": ("first name", "firstname", "given name", "ten", "imie"),
    "last_name": ("last name", "lastname", "surname", "family name", "ho", "ho dem", "nazwisko"),
    "name": ("name", "full name", "fullname", "customer name", "ho ten", "ho va ten", "ten khach hang", "imie i nazwisko"),
    "gender": ("gender", "sex", "gioi tinh", "plec"),
    "birth_date": ("birth date", "birthdate", "birthday", "date of birth", "dob", "ngay sinh", "data urodzenia"),
    "address": ("address", "dia chi", "adres"),
    "company": ("company", "cong ty", "firma"),
    "tax_number": ("tax number", "tax id", "vat id", "ma so thue", "mst", "nip"),
    "language": ("language", "ngon ngu", "jezyk"),
    "labels": ("labels", "label", "tags", "nhan", "etykiety"),
    "consents": ("consents", "consent", "dong y", "zgody", "zgoda"),
    "consent_text": ("consent text", "consent version", "phien ban dong y", "wersja zgody"),
}
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
        """Raises DomainError with the field at fault when the row cannot be understood."""
        first, last = self._names(row)
        gender = self._gender(row)
        profile = Profile(
            first_name=first,
            last_name=last,
            gender=gender or "undisclosed",
            birth_date=self.cells.day(row, "birth_date"),
            address=self._text(row, "address"),
            company=self._text(row, "company"),
            tax_number=self._text(row, "tax_number"),
            language=self._language(row),
            labels=self.cells.labels(row, "labels", LONGEST),
        ).checked(self.today)
        return CustomerRow(
            line=row.line,
            identifiers=self._identifiers(row),
            gender=gender,
            consents=self._consents(row),
            consent_text=self._text(row, "consent_text"),
            **{name: getattr(profile, name) for name in COMPARED if name != "gender"},
        )

    def _text(self, row: Row, name: str) -> str:
        return self.cells.text(row, name, LONGEST)

    def _identifiers(self, row: Row) -> dict[IdentifierKind, str]:
        """Those of the row. One is needed: who has none would be registered once more whenever the file is read."""
        found: dict[IdentifierKind, str] = {kind: self._identifier(row, kind) for kind in IDENTIFIERS if self._text(row, kind)}
        if not found:
            raise DomainError("imports.no_identifier", field="phone")
        return found

    def _identifier(self, row: Row, kind: IdentifierKind) -> str:
        text = self._text(row, kind)
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

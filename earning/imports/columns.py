"""What a row of a purchase file says, once its columns are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from earning.domain.lines import LARGEST_QUANTITY
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS, LARGEST
from loyalty.imports import Row, columns_by_name

FIELDS = ("document", "purchased_at", "customer", "sku", "name", "category", "quantity", "unit_price", "total")
"""Fields that a column of the file may be mapped to. Needed: document, purchased_at, and total or quantity with unit_price."""
LONGEST_SKU = 64
LONGEST_NAME = 200
WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row: `quantity` in thousandths and `total` in minor units, both negative for goods that come back."""

    line: int
    party: str
    document: str
    at: datetime
    sku: str
    name: str
    category: str
    quantity: int | None
    unit_price: Decimal | None
    total: int

    @property
    def comes_back(self) -> bool:
        return (self.quantity if self.quantity is not None else self.total) < 0


@dataclass(frozen=True, slots=True)
class PurchaseColumns:
    """Where the fields stand, in which zone, currency and form dates and numbers are written."""

    places: Mapping[str, int]
    zone: ZoneInfo
    currency: str
    time_format: str = ""
    decimal_comma: bool = False

    @classmethod
    def of(
        cls,
        header: Sequence[str],
        mapping: Mapping[str, str],
        *,
        zone: ZoneInfo,
        currency: str,
        time_format: str = "",
        decimal_comma: bool = False,
    ) -> PurchaseColumns:
        """From the header of a file and field → column name. Raises UnreadableFile naming what is not there."""
        needed = ["document", "purchased_at"] + ([] if "total" in mapping else ["quantity", "unit_price"])
        return cls(columns_by_name(header, mapping, needed), zone, currency, time_format, decimal_comma)

    def read(self, row: Row) -> ImportRow:
        """Raises DomainError `imports.…` with the field at fault when the row cannot be understood."""
        quantity, price = self._number(row, "quantity"), self._number(row, "unit_price")
        return ImportRow(
            line=row.line,
            party=self._text(row, "customer", LONGEST_NAME),
            document=self._needed(row, "document"),
            at=self._time(row),
            sku=self._text(row, "sku", LONGEST_SKU),
            name=self._text(row, "name", LONGEST_NAME),
            category=self._text(row, "category", LONGEST_NAME),
            quantity=None if quantity is None else self._whole(quantity.scaleb(3), "quantity", LARGEST_QUANTITY),
            unit_price=price,
            total=self._total(row, quantity, price),
        )

    def _cell(self, row: Row, field: str) -> str:
        place = self.places.get(field)
        return row.cells[place] if place is not None and place < len(row.cells) else ""

    def _text(self, row: Row, field: str, longest: int) -> str:
        text = self._cell(row, field)
        if len(text) > longest:
            raise DomainError("imports.too_long", field=field, longest=longest)
        return text

    def _needed(self, row: Row, field: str) -> str:
        text = self._text(row, field, LONGEST_SKU)
        if not text:
            raise DomainError("imports.empty", field=field)
        return text

    def _time(self, row: Row) -> datetime:
        text = self._needed(row, "purchased_at")
        try:
            at = datetime.strptime(text, self.time_format) if self.time_format else datetime.fromisoformat(text)  # noqa: DTZ007 - the zone follows
            return (at if at.tzinfo else at.replace(tzinfo=self.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise DomainError("imports.no_time", field="purchased_at", value=text[:40]) from None

    def _number(self, row: Row, field: str) -> Decimal | None:
        text = self._cell(row, field)
        if not text:
            return None
        plain = text if text.isascii() else text.translate(WIDE_DIGITS)
        if self.decimal_comma:
            plain = plain.replace(".", "").replace(",", ".")
        try:
            number = Decimal(plain)
        except InvalidOperation:
            raise DomainError("imports.no_number", field=field, value=text[:40]) from None
        if not number.is_finite():
            raise DomainError("imports.no_number", field=field, value=text[:40])
        return number

    def _total(self, row: Row, quantity: Decimal | None, price: Decimal | None) -> int:
        amount = self._number(row, "total")
        if amount is None:
            if quantity is None or price is None:
                raise DomainError("imports.empty", field="unit_price" if price is None else "quantity")
            amount = quantity * price
        exact = amount.scaleb(EXPONENTS[self.currency])
        if abs(exact) > LARGEST:
            raise DomainError("money.too_large", field="total")
        return int(exact.to_integral_value(ROUND_HALF_UP))

    @staticmethod
    def _whole(number: Decimal, field: str, largest: int) -> int:
        if abs(number) > largest or number != number.to_integral_value() or not number:
            raise DomainError("earning.quantity_invalid", field=field)
        return int(number)

"""What a row of a purchase file says, once its columns are known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from earning.domain.document import LONGEST_NUMBER
from earning.domain.lines import LARGEST_QUANTITY, LONGEST, LineKind
from earning.domain.purchase_checks import LONGEST_METHOD
from loyalty.domain.errors import DomainError
from loyalty.domain.money import EXPONENTS, LARGEST, Money
from loyalty.imports import Cells, Row, columns_by_name
from loyalty.search.fold import fold

LONGEST_LABELS = 2000
FIELDS: dict[str, tuple[str, ...]] = {
    "document": (
        "document", "invoice", "receipt", "invoice no", "receipt no", "document number", "order", "bill",
        "hoa don", "so hoa don", "so chung tu", "ma hoa don", "faktura", "paragon", "numer dokumentu", "dokument",
    ),
    "purchased_at": (
        "purchased at", "ts", "time", "timestamp", "datetime", "date", "invoicedate", "invoice date",
        "ngay", "thoi gian", "ngay ban", "data",
    ),
    "customer": ("customer", "customer id", "customerid", "client", "khach hang", "ma khach hang", "klient", "phone", "card"),
    "sku": ("sku", "stockcode", "article", "product code", "item code", "ma hang", "ma san pham", "kod", "indeks", "code"),
    "quantity": ("quantity", "qty", "so luong", "sl", "ilosc"),
    "unit_price": ("unit price", "unitprice", "price", "don gia", "gia", "cena"),
    "total": ("total", "line total", "amount", "thanh tien", "tong tien", "wartosc", "kwota"),
    "currency": ("currency", "ccy", "tien te", "loai tien", "waluta"),
    "name": ("name", "product", "description", "item", "ten hang", "ten san pham", "nazwa", "opis"),
    "category": ("category", "group", "nhom hang", "loai", "kategoria"),
    "maker": ("maker", "brand", "manufacturer", "hang san xuat", "nhan hieu", "producent", "marka"),
    "kind": ("kind", "line kind", "line type", "loai dong", "rodzaj pozycji"),
    "labels": ("labels", "tags", "nhan", "etykiety"),
    "document_labels": ("document labels", "order labels", "nhan hoa don", "etykiety dokumentu"),
    "tax_rate": ("tax rate", "vat", "vat rate", "thue suat", "stawka vat"),
    "prices_include_tax": (
        "prices include tax", "tax included", "price includes vat", "gia gom thue", "gia da gom thue", "da gom vat",
        "ceny z podatkiem", "ceny zawieraja podatek", "ceny zawieraja vat", "ceny z vat",
    ),
    "payment_method": ("payment method", "payment", "paid by", "thanh toan", "hinh thuc thanh toan", "platnosc", "forma platnosci"),
}  # fmt: skip
"""Fields that a column of the file may be mapped to, and the words by which such columns go."""

LABELS: dict[str, Any] = {
    "document": _("Document number"),
    "purchased_at": _("Date and time"),
    "customer": _("Customer"),
    "sku": _("SKU"),
    "name": _("Name of the article"),
    "category": _("Category"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "total": _("Total of the line"),
    "currency": _("Currency"),
    "maker": _("Maker"),
    "kind": _("Kind"),
    "labels": _("Labels of the line"),
    "document_labels": _("Labels of the document"),
    "tax_rate": _("Tax rate in percent"),
    "prices_include_tax": _("Prices include tax"),
    "payment_method": _("Payment method"),
}
"""The fields as people read them."""

LINE_KINDS: dict[str, LineKind] = {
    "goods": "goods", "hang hoa": "goods", "towar": "goods",
    "delivery": "delivery", "giao hang": "delivery", "van chuyen": "delivery", "dostawa": "delivery",
    "fee": "fee", "phi": "fee", "oplata": "fee",
    "discount": "discount", "giam gia": "discount", "rabat": "discount",
    "rounding": "rounding", "lam tron": "rounding", "zaokraglenie": "rounding",
}  # fmt: skip
"""What stands in a column of kinds, without accents and in small letters."""
YES_OR_NO = {
    **dict.fromkeys(("yes", "y", "true", "1", "co", "dung", "tak", "t", "prawda"), True),
    **dict.fromkeys(("no", "n", "false", "0", "khong", "sai", "nie", "falsz"), False),
}
"""What stands in a column of answers, without accents and in small letters."""
OFTEN_BELOW_ZERO = {"discount", "rounding"}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row: `quantity` in thousandths and `total` in minor units of `currency`, both negative for goods that come back.

    `unit` is the id (hexadecimal) of the document that the row belongs to. `at` is None, and the figures mean nothing, when
    the row could not be understood: its document cannot be taken in.
    """

    line: int
    unit: str
    party: str
    document: str
    at: datetime | None
    sku: str
    name: str
    category: str
    quantity: int | None
    unit_price: Decimal | None
    total: int
    currency: str
    maker: str = ""
    kind: LineKind | None = None
    labels: dict[str, str] = field(default_factory=dict)
    tax_rate: int | None = None
    prices_include_tax: bool | None = None
    payment_method: str = ""
    document_labels: dict[str, str] = field(default_factory=dict)

    @property
    def comes_back(self) -> bool:
        """Whether the row is of a return; a discount of a sale is below zero too."""
        if self.kind in OFTEN_BELOW_ZERO and self.quantity is None:
            return False
        return (self.quantity if self.quantity is not None else self.total) < 0


@dataclass(frozen=True, slots=True)
class PurchaseColumns:
    """Where the fields stand, and in which zone and currency times and amounts are, where a row does not say another."""

    cells: Cells
    zone: ZoneInfo
    currency: str

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
        return cls(Cells(columns_by_name(header, mapping, needed), time_format, decimal_comma), zone, currency)

    def document(self, row: Row) -> str:
        """The number of the document that a row belongs to."""
        return self.cells.needed(row, "document", LONGEST_NUMBER)

    def party(self, row: Row) -> str:
        """The customer as the file has it; "" for nobody."""
        return self.cells.text(row, "customer", 200)

    def read(self, row: Row, party: str, unit_of: Callable[[str, datetime], str]) -> ImportRow:
        """What a row of the customer `party` says; `unit_of` tells a document by number and time.

        Raises DomainError with the field at fault when it cannot be understood; `readers` tell of the others.
        """
        cells = self.cells
        quantity, price = cells.number(row, "quantity"), cells.number(row, "unit_price")
        document, at, currency = self.document(row), cells.moment(row, "purchased_at", self.zone), self._currency(row)
        return ImportRow(
            line=row.line,
            unit=unit_of(document, at),
            party=party,
            document=document,
            at=at,
            sku=self._short(row, "sku"),
            name=self._short(row, "name"),
            category=self._short(row, "category"),
            quantity=None if quantity is None else _thousandths(quantity),
            unit_price=price,
            total=self._total(row, quantity, price, currency),
            currency=currency,
            maker=self._short(row, "maker"),
            kind=self._kind(row),
            labels=cells.labels(row, "labels", LONGEST_LABELS),
            tax_rate=self._tax_rate(row),
            prices_include_tax=self._prices_include_tax(row),
            payment_method=cells.text(row, "payment_method", LONGEST_METHOD),
            document_labels=cells.labels(row, "document_labels", LONGEST_LABELS),
        )

    def readers(self, row: Row) -> Iterator[Callable[[], object]]:
        """What reads one cell of a row each, to hear of all that is wrong with it."""
        cells = self.cells
        yield from (partial(self.document, row), partial(cells.moment, row, "purchased_at", self.zone), partial(self.party, row))
        yield from (partial(self._short, row, name) for name in ("sku", "name", "category", "maker"))
        yield from (partial(self._quantity, row), partial(cells.number, row, "unit_price"), partial(self._price, row))
        yield from (partial(one, row) for one in (self._currency, self._kind, self._tax_rate, self._prices_include_tax))
        yield from (partial(cells.labels, row, name, LONGEST_LABELS) for name in ("labels", "document_labels"))
        yield partial(cells.text, row, "payment_method", LONGEST_METHOD)

    def _short(self, row: Row, name: str) -> str:
        return self.cells.text(row, name, LONGEST[name])

    def _quantity(self, row: Row) -> int | None:
        quantity = self.cells.number(row, "quantity")
        return None if quantity is None else _thousandths(quantity)

    def _price(self, row: Row) -> int:
        """The total of a row whose other cells may be wrong: those are told of by themselves."""
        return self._total(row, self.cells.number(row, "quantity"), self.cells.number(row, "unit_price"), self._currency(row))

    def _kind(self, row: Row) -> LineKind | None:
        """None where the row does not say: goods, or a discount where it is below zero."""
        typed = fold(self.cells.text(row, "kind", 100))
        if typed and typed not in LINE_KINDS:
            raise DomainError("imports.kind_unknown", field="kind", known="goods, delivery, fee, discount, rounding")
        return LINE_KINDS.get(typed)

    def _tax_rate(self, row: Row) -> int | None:
        """Basis points."""
        percent = self.cells.number(row, "tax_rate")
        if percent is None:
            return None
        if not 0 <= percent <= 100 or percent * 100 != int(percent * 100):
            raise DomainError("imports.tax_rate_invalid", field="tax_rate")
        return int(percent * 100)

    def _prices_include_tax(self, row: Row) -> bool | None:
        """None where the row does not say."""
        typed = fold(self.cells.text(row, "prices_include_tax", 100))
        if typed and typed not in YES_OR_NO:
            raise DomainError("imports.yes_or_no", field="prices_include_tax")
        return YES_OR_NO.get(typed)

    def _currency(self, row: Row) -> str:
        """That of the place, where the row names none."""
        code = self.cells.text(row, "currency", 100).upper() or self.currency
        if code not in EXPONENTS:
            raise DomainError("imports.currency_unknown", field="currency", known=", ".join(sorted(EXPONENTS)))
        return code

    def _total(self, row: Row, quantity: Decimal | None, price: Decimal | None, currency: str) -> int:
        amount = self.cells.number(row, "total")
        if amount is None:
            if quantity is None or price is None:
                raise DomainError("imports.empty", field="unit_price" if price is None else "quantity")
            amount = quantity * price
        exact = amount.scaleb(EXPONENTS[currency])
        if abs(exact) > LARGEST:
            raise DomainError("money.too_large", field="total", most=Money(LARGEST, currency))
        return int(exact.to_integral_value(ROUND_HALF_UP))


def _thousandths(quantity: Decimal) -> int:
    scaled = quantity.scaleb(3)
    if not scaled or abs(scaled) > LARGEST_QUANTITY or scaled != scaled.to_integral_value():
        raise DomainError("imports.quantity_invalid", field="quantity")
    return int(scaled)


def unreadable(row: Row, unit: str) -> ImportRow:
    """In the place of a row that could not be understood, so that the rest of its document is not taken in without it."""
    return ImportRow(row.line, unit, "", "", None, "", "", "", None, None, 0, "")

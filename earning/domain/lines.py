"""Lines of a sale document: what was bought, what of it is kept, and what that is worth."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, NewType

from loyalty.domain.contact import check_goods, reaches_somebody
from loyalty.domain.errors import DomainError, refused_with
from loyalty.domain.labels import each_once, with_two_values
from loyalty.domain.money import Money, share_half_up

LineKind = Literal["goods", "delivery", "fee", "discount", "rounding"]
Thousandths = NewType("Thousandths", int)
"""A quantity with its three decimals as a whole number: 2.5 kg are `Thousandths(2500)`."""
ONE = Thousandths(1000)
MOST_LINES = 1000
LARGEST_TOTAL = 10**12
"""Of a document, in minor units: more than any sale, less than most barcodes, which a scanner types into the amount; and nine
million such documents fit the sums of a BIGINT."""
LARGEST_QUANTITY = 10**12
LARGEST_TAX = 10_000
PRICE_DIGITS, PRICE_DECIMALS = 15, 6
LONGEST: dict[str, int] = {"sku": 64, "name": 200, "category": 200, "maker": 200}
MOST_LABELS = 50
LONGEST_LABEL = 200
_SHOWN_NOWHERE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
"""Invisible, but part of how some scripts are spelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a sale document; its number is its place in the document, from 1.

    `total` is what counts, in minor units of the document's currency; `unit_price` (major units, exact) is only shown.
    Without a `quantity` the line was sold by amount and is returned by amount. `tax_rate` is in basis points. A discount may say by
    `line_shares` how much of it lies on each line of the document, the first ones first (minor units): then it comes back with these.
    """

    kind: LineKind = "goods"
    total: int
    quantity: Thousandths | None = None
    sku: str = ""
    name: str = ""
    unit_price: Decimal | None = None
    category: str = ""
    maker: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    tax_rate: int | None = None
    line_shares: tuple[int, ...] = ()

    @property
    def measure(self) -> int:
        """How much of it there is to return: thousandths, or minor units when it was sold by amount."""
        return abs(self.total) if self.quantity is None else self.quantity

    def value(self, kept: int) -> int:
        """What `kept` of the measure is worth: total × kept ÷ bought, half up."""
        return self.part(self.total, kept)

    def part(self, worth: int, kept: int) -> int:
        """The same of a `worth` in another currency."""
        return share_half_up(worth, kept, self.measure) if kept else 0


def quantity_of(text: str | Decimal | int) -> Thousandths:
    """`quantity_of("2.5")` is 2500 thousandths. Raises DomainError unless it is positive with at most three decimals."""
    try:
        scaled = Decimal(text).scaleb(3)
        whole = int(scaled) if scaled.is_finite() and 0 < scaled <= LARGEST_QUANTITY else None
    except (ArithmeticError, ValueError):
        whole = None
    if whole is None or whole != scaled:
        raise quantity_invalid("quantity")
    return Thousandths(whole)


def quantity_invalid(field: str) -> DomainError:
    """The refusal of what is no quantity, with the largest that is one."""
    return DomainError("earning.quantity_invalid", field=field, most=LARGEST_QUANTITY // ONE)


def quantity_text(thousandths: int) -> str:
    """`2500` thousandths are "2.5"."""
    return f"{thousandths // 1000}.{thousandths % 1000:03}".rstrip("0").rstrip(".")


def check_total(total: int, currency: str) -> None:
    """Raises DomainError for a total that is no sale, with the limit in major units."""
    if total > LARGEST_TOTAL:
        raise DomainError("earning.total_too_large", field="total", limit=Money(LARGEST_TOTAL, currency).major, currency=currency)


def check_lines(lines: tuple[Line, ...], total: int, currency: str) -> None:
    """Raises DomainError for what no sale document in `currency` can say."""
    if not lines:
        raise DomainError("earning.lines_missing", field="lines")
    if len(lines) > MOST_LINES:
        raise DomainError("earning.too_many_lines", field=f"lines.{MOST_LINES}", most=MOST_LINES)
    for number, line in enumerate(lines, 1):
        _check_line(number, line, currency)
    if total < 0:
        raise DomainError("earning.total_negative", field="total")
    if (found := sum(line.total for line in lines)) != total:
        raise DomainError("earning.total_differs", field="total", total=Money(total, currency), lines=Money(found, currency))


def check_price(price: Decimal, field: str) -> None:
    """Raises DomainError for what is no unit price."""
    if not price.is_finite() or abs(price) >= 10**PRICE_DIGITS or price != round(price, PRICE_DECIMALS):
        raise DomainError("earning.price_invalid", field=field, decimals=PRICE_DECIMALS, digits=PRICE_DIGITS)


def check_text(text: str, longest: int, field: str) -> None:
    """Raises DomainError for a text that is too long to keep, or holds what cannot be shown: it stays in the log for ever."""
    if len(text) > longest:
        raise DomainError("earning.text_too_long", field=field, longest=longest)
    if not text.isprintable() and any(unicodedata.category(c) in _SHOWN_NOWHERE and c not in _JOINERS for c in text):
        raise DomainError("earning.unprintable_text", field=field)


def check_reaches_nobody(text: str, field: str, currency: str = "") -> None:
    """Raises DomainError for a text with a phone number or an email address: it stays in the log also when somebody is erased."""
    if reaches_somebody(text, currency):
        raise DomainError("earning.text_personal", field=field)


def labelled_once(line: Line) -> Line:
    """The line without labels that repeat another one in upper or lower case."""
    labels = each_once(line.labels.items())
    return line if len(labels) == len(line.labels) else replace(line, labels=labels)


def check_labels(labels: Mapping[str, str], field: str, currency: str = "") -> None:
    """Raises DomainError for more or other labels than a document can carry."""
    if len(labels) > MOST_LABELS:
        raise DomainError("earning.too_many_labels", field=field, most=MOST_LABELS)
    for label, text in labels.items():
        _check_label(label, field, currency)
        with refused_with(label=label):
            _check_label(text, field, currency)
            check_reaches_nobody(f"{label}: {text}", field, currency)
    if not all(label.strip() for label in labels):
        raise DomainError("earning.label_without_name", field=field)
    if twice := with_two_values(labels.items()):
        raise DomainError("earning.label_twice", field=field, label=twice)


def _check_label(text: str, field: str, currency: str) -> None:
    check_text(text, LONGEST_LABEL, field)
    check_reaches_nobody(text, field, currency)


def _check_line(number: int, line: Line, currency: str) -> None:
    where = f"lines.{number - 1}."
    for name, longest in LONGEST.items():
        check_text(getattr(line, name), longest, where + name)
    check_goods(line, where, currency)
    if line.labels:
        check_labels(line.labels, where + "labels", currency)
    if abs(line.total) > LARGEST_TOTAL:
        raise DomainError("money.too_large", field=where + "total", most=Money(LARGEST_TOTAL, currency))
    if line.quantity is not None and not 0 < line.quantity <= LARGEST_QUANTITY:
        raise quantity_invalid(where + "quantity")
    if line.unit_price is not None and line.unit_price < 0 and line.kind not in {"discount", "rounding"}:
        raise DomainError("earning.price_negative", field=where + "unit_price", line=number)
    if line.kind == "discount":
        if line.total > 0:
            raise DomainError("earning.discount_positive", field=where + "total", line=number)
    elif line.total < 0 and line.kind != "rounding":
        raise DomainError("earning.line_negative", field=where + "total", line=number)
    if line.tax_rate is not None and not 0 <= line.tax_rate <= LARGEST_TAX:
        raise DomainError("earning.tax_rate_invalid", field=where + "tax_rate", line=number)

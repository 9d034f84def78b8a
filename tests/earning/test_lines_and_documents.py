"""What a sale document can say, and which document it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from earning.commands import Line, Thousandths, quantity_of
from earning.domain.dates import check_date
from earning.domain.document import check_number, document_id, normal_form
from earning.domain.lines import check_labels, check_lines, check_total
from loyalty.domain.errors import DomainError
from tests.earning.given import MERCHANT, NOON, SHOP, ZONE, line

OTHER_SHOP = UUID(int=9)


def refused(code: str):
    return pytest.raises(DomainError, match=rf"^{code}")


@pytest.mark.parametrize("spelling", ["hd-001", " HD-001 ", "ＨＤ－００１", "Hd-001\u00a0"])
def test_a_number_is_the_same_however_it_is_typed(spelling: str) -> None:
    assert normal_form(spelling) == "hd-001"


def test_the_normal_form_is_its_own_normal_form() -> None:
    for number in ("ß", "İ-7", "ﬁ/12", "Ω", "Đ-1"):
        assert normal_form(normal_form(number)) == normal_form(number)


@pytest.mark.parametrize(
    ("scope", "same", "other"),
    [
        ("merchant", (OTHER_SHOP, NOON + timedelta(days=400)), None),
        ("pos", (SHOP, NOON + timedelta(days=400)), (OTHER_SHOP, NOON)),
        ("pos_year", (SHOP, NOON + timedelta(days=100)), (SHOP, NOON + timedelta(days=400))),
        ("pos_day", (SHOP, NOON + timedelta(hours=11, minutes=59)), (SHOP, NOON + timedelta(hours=12))),
    ],
)
def test_a_number_counts_once_in_its_scope(scope, same, other) -> None:
    def of(pos_id: UUID, at: datetime) -> UUID:
        return document_id(7, MERCHANT, scope, pos_id, "17", at, ZONE)

    assert of(*same) == of(SHOP, NOON)
    assert other is None or of(*other) != of(SHOP, NOON)


def test_tenants_and_merchants_never_share_a_document() -> None:
    ids = {document_id(t, m, "merchant", SHOP, "17", NOON, ZONE) for t in (1, 2) for m in (MERCHANT, OTHER_SHOP)}
    assert len(ids) == 4


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("  ", "document_number_missing"),
        ("a\x1fb", "document_number_invalid"),
        ("9" * 65, "document_number_invalid"),
        ("ｶﾞ" * 64, "document_number_invalid"),
        ("ﷺ" * 4, "document_number_invalid"),
    ],
)
def test_a_number_must_be_readable(number: str, code: str) -> None:
    with refused(f"earning.{code}"):
        check_number(number)


@pytest.mark.parametrize(("text", "thousandths"), [("2.5", 2500), (1, 1000), (Decimal("0.001"), 1), ("1e3", 1_000_000)])
def test_a_quantity_is_exact_to_the_thousandth(text, thousandths: int) -> None:
    assert quantity_of(text) == thousandths


@pytest.mark.parametrize("text", ["0", "-1", "0.0001", "NaN", "Infinity", "two", "1e30", ""])
def test_a_quantity_is_positive_and_has_three_decimals_at_most(text: str) -> None:
    with refused("earning.quantity_invalid"):
        quantity_of(text)


@pytest.mark.parametrize(
    ("lines", "total", "code"),
    [
        ((), 0, "earning.lines_missing"),
        ((line(100),), 90, "earning.total_differs"),
        ((line(1),) * 1001, 1001, "earning.too_many_lines"),
        ((line(100), line(-120, kind="discount")), -20, "earning.total_negative"),
        ((line(-1), line(2)), 1, "earning.line_negative"),
        ((line(1, unit_price=Decimal(-3)),), 1, "earning.price_negative"),
        ((line(5), line(1, kind="discount")), 6, "earning.discount_positive"),
        ((Line(total=5, quantity=Thousandths(0)),), 5, "earning.quantity_invalid"),
        ((Line(total=5, tax_rate=10_001),), 5, "earning.tax_rate_invalid"),
        ((line(10**12 + 1), line(-1, kind="discount")), 10**12, "money.too_large"),
        ((line(0), line(-(10**12) - 1, kind="discount")), 0, "money.too_large"),
    ],
)
def test_lines_must_make_a_document(lines, total: int, code: str) -> None:
    with refused(code):
        check_lines(lines, total, "VND")


@pytest.mark.parametrize(("currency", "limit"), [("VND", Decimal(10**12)), ("PLN", Decimal(10**10))])
def test_a_barcode_is_no_total(currency: str, limit: Decimal) -> None:
    check_total(10**12, currency)
    with refused("earning.total_too_large") as refusal:
        check_total(10**12 + 1, currency)
    assert (refusal.value.field, refusal.value.params) == ("total", {"limit": limit, "currency": currency})


@pytest.mark.parametrize("text", ["a\x01b", "a\u202eb", "\x7f", "a\nb", "\u2028", "\ud800", "\ue000", "\u200b"])
def test_what_cannot_be_shown_is_not_kept_for_ever(text: str) -> None:
    for name, value in {"sku": text, "name": text, "category": text, "maker": text, "labels": {text: "x"}}.items():
        with pytest.raises(DomainError, match=r"^earning.unprintable_text") as refusal:
            check_lines((Line(total=1), Line(total=1, **{name: value})), 2, "VND")  # type: ignore[arg-type]
        assert refusal.value.field == f"lines.1.{name}"
    for labels in ({text: "x"}, {"x": text}):
        with refused("earning.unprintable_text"):
            check_labels(labels, "labels")


@pytest.mark.parametrize("text", ["Cà phê sữa", "Ca\u0300 phe\u0302", "a\u00a0b", "👩\u200d🍳", "❤\ufe0f", "می\u200cخواهم", ""])
def test_what_people_write_is_kept(text: str) -> None:
    check_lines((Line(total=1, name=text, labels={text: text} if text else {}),), 1, "VND")


@pytest.mark.parametrize(
    "text", ["gọi 0912 345 678", "０９１２３４５６７８", "+48 601-123-456", "84912345678", "an@example.com", "ship: An+1@Example.com.vn"]
)
def test_nobody_can_be_reached_by_what_stays_in_the_log_for_ever(text: str) -> None:
    for labels in ({text: "x"}, {"x": text}):
        with refused("earning.text_personal") as refusal:
            check_lines((Line(total=1, labels=labels),), 1, "VND")
        assert refusal.value.field == "lines.0.labels"
        with refused("earning.text_personal"):
            check_labels(labels, "labels")


@pytest.mark.parametrize("name", ["name", "category", "maker", "sku"])
def test_nobody_can_be_reached_by_what_was_bought(name: str) -> None:
    for text in ("Lan +84 912 345 678", "an@example.com", "0912 345 678"):
        with refused("goods.personal") as refusal:
            check_lines((Line(total=1), Line(total=1, **{name: text})), 2, "VND")  # type: ignore[arg-type]
        assert refusal.value.field == f"lines.1.{name}"
    for text in ("8934673583350", "036000291452", "ISBN 0306406152", "250 000 000"):
        check_lines((Line(total=1, **{name: text}),), 1, "VND")  # type: ignore[arg-type]


def test_polish_phones_are_known_where_prices_are_in_zloty() -> None:
    for labels in ({"telefon": "512345678"}, {"dla": "Ewa 512 345 678"}):
        with refused("earning.text_personal"):
            check_lines((Line(total=1, labels=labels),), 1, "PLN")
        check_lines((Line(total=1, labels=labels),), 1, "VND")
    check_lines((Line(total=1, labels={"REGON": "512345678"}),), 1, "PLN")


@pytest.mark.parametrize(
    "text", ["356938035643809", "SN-0912345678-X", "250 000 000", "2026-01-05 09:12", "0912", "@home", "a@b", "SKU0912345678"]
)
def test_numbers_of_things_are_kept(text: str) -> None:
    check_labels({"imei": text, text: ""}, "labels")


def test_a_document_may_be_worth_nothing_and_may_be_rounded_down() -> None:
    check_lines((line(100), line(-100, kind="discount")), 0, "VND")
    check_lines((line(100), line(-1, kind="rounding")), 99, "VND")


@pytest.mark.parametrize(("channel", "days"), [("till", 1), ("api", 90), ("admin", 90)])
def test_each_channel_dates_back_so_far_and_no_further(channel: str, days: int) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    check_date(now - timedelta(days=days), now, channel, "purchased_at")
    with refused("earning.too_long_ago" if days == 1 else "earning.older_than_allowed"):
        check_date(now - timedelta(days=days, microseconds=1), now, channel, "purchased_at")


def test_an_import_dates_back_without_end_and_nobody_dates_ahead() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    check_date(now - timedelta(days=9000), now, "import", "purchased_at")
    for channel in ("till", "admin", "import", "demo"):
        check_date(now + timedelta(minutes=5), now, channel, "purchased_at")
        with refused("earning.in_the_future"):
            check_date(now + timedelta(minutes=5, seconds=1), now, channel, "purchased_at")

"""Labels and the payment method of a purchase stay when its customer is erased: what tells who that is does not get into them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from customers.commands import EditCustomer, EraseCustomer, MergeCustomers
from customers.queries import traces_of
from earning.commands import Line
from loyalty.bus import dispatch_all
from loyalty.domain.errors import DomainError
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, rows
from tests.earning.importing import ImportingShop
from tests.earning.shops import PURCHASES, Shops, refusal
from tests.support.client import ApiClient

REFUSED = "earning.text_names_customer"
NAMED = [
    "Nguyễn Thị Đường", "nguyen thi duong", "ĐƯỜNG NGUYỄN", "cho chị Đường Nguyễn, tầng 2", "Nguyễn-Đường", "NguyễnThịĐường",
    "duong_nguyen", "Nguye\u0302\u0303n Thi\u0323 Đươ\u0300ng", "600123456", "600-123-456", "khách 600 123 456", "0048600123456",
    "card7-7 7", "crm/000123",
]  # fmt: skip
KEPT = ["Đường", "Nguyễn", "đường nâu", "chị Đường", "Nguyễn Văn Trỗi", "Trần Thị Đường", "600123457", "CARD-778", "000123", "yes", ""]


@pytest.fixture
def counter(tenant: Tenant) -> Counter:
    return Counter(tenant)


@pytest.fixture
def buyer(counter: Counter) -> UUID:
    return counter.customer(
        first_name="Thị Đường",
        last_name="Nguyễn",
        phone="+48600123456",
        card="CARD777",
        external_id="crm/000123",
        email="duong@example.com",
    )


def refused_at(counter: Counter, customer_id: UUID | None, **changes: Any) -> tuple[str, str | None] | None:
    """The code and the field of the refusal; None where it is recorded."""
    try:
        counter.sell(customer_id, 1000, **changes)
    except DomainError as no:
        return no.code, no.field
    return None


def test_what_tells_who_bought_is_refused(counter: Counter, buyer: UUID) -> None:
    for text in NAMED:
        for labels in ({"giao cho": text}, {text: ""}):
            assert refused_at(counter, buyer, labels=labels) == (REFUSED, "labels"), text
        assert refused_at(counter, buyer, payment_method=text) == (REFUSED, "payment_method"), text
    with pytest.raises(DomainError) as no:
        counter.sell(buyer, 1000, Line(total=5, labels={"size": "M", "for": NAMED[0]}))
    assert (no.value.code, no.value.field, no.value.params) == (REFUSED, "lines.1.labels", {"label": "for"})
    assert rows("earning_purchase", counter.tenant, "id") == []


def test_what_is_also_a_word_or_somebody_elses_is_kept(counter: Counter, buyer: UUID) -> None:
    for text in KEPT:
        assert refused_at(counter, buyer, labels={"note": text, text or "gift": ""}, payment_method=text) is None, text


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Khách hàng", "chị Đường"),
        ("tên", "ĐƯỜNG"),
        ("customer", "duong"),
        ("Họ", "Nguyễn"),
        ("imię", "Thị"),
        ("Guest name", "Ms Nguyen"),
        ("KH", "Đường"),
        ("name_on_cup", "Đường"),
        ("Tên trên ly", "chị Đường"),
        ("Imię na kubku", "Thị"),
    ],
)
def test_one_word_of_a_name_tells_it_behind_a_label_that_names_somebody(counter: Counter, buyer: UUID, label: str, value: str) -> None:
    with pytest.raises(DomainError) as no:
        counter.sell(buyer, 1000, labels={"size": "M", label: value})
    assert (no.value.code, no.value.field, no.value.params) == (REFUSED, "labels", {"label": label})
    assert refused_at(counter, buyer, labels={"size": value, f"{label} bánh": value}) is None, "behind any other it is a word"
    assert refused_at(counter, buyer, labels={label: f"{value} đen"}) is None, "nor is more than a name a name"
    assert refused_at(counter, buyer, labels={label: "chị", "x": "y"}) is None
    assert refused_at(counter, counter.customer(first_name="An", last_name="Lê"), labels={label: value}) is None


@pytest.mark.parametrize(
    ("name", "told", "kept"),
    [("Anh", ["Anh", "chị Anh", "anh Anh"], ["chị", "anh Tuấn"]), ("Chi", ["Chi", "CHI", "em Chi"], ["anh", "chi Lan"])],
)
def test_a_name_that_is_also_what_people_are_called_beside_theirs_is_one(
    counter: Counter, name: str, told: list[str], kept: list[str]
) -> None:
    buyer = counter.customer(first_name=name, last_name="Lê")
    for value in told:
        assert refused_at(counter, buyer, labels={"khách hàng": value}) == (REFUSED, "labels"), value
    for value in kept:
        assert refused_at(counter, buyer, labels={"khách hàng": value, "size": name}) is None, value


def test_it_tells_nobody_of_somebody_else_or_of_nobody(counter: Counter, buyer: UUID) -> None:
    other = counter.customer(first_name="An", last_name="Lê")
    for customer_id in (other, None):
        assert refused_at(counter, customer_id, labels=dict.fromkeys(NAMED, "x")) is None


def test_first_and_last_name_in_two_labels_tell_it_too(counter: Counter, buyer: UUID) -> None:
    assert refused_at(counter, buyer, labels={"dòng 1": "NGUYEN", "dòng 2": "thị đường"}) == (REFUSED, "labels")
    assert refused_at(counter, buyer, labels={"dòng 1": "Nguyễn", "dòng 2": "Đường Thị"}) is None, "it is another name"


def test_a_whole_name_in_one_field_is_known_by_two_of_its_words(counter: Counter) -> None:
    whole, alone = counter.customer(first_name="", last_name="Ewa Maria Nowak"), counter.customer(first_name="Hoa", last_name="")
    assert refused_at(counter, whole, labels={"dla": "pani Nowak Ewa"}) == (REFUSED, "labels")
    assert refused_at(counter, whole, labels={"dla": "pani Nowak"}) is None
    assert refused_at(counter, alone, labels={"vị": "hoa hoa"}) is None


def test_who_is_one_with_another_is_known_by_both_names_whichever_side_buys(counter: Counter, buyer: UUID) -> None:
    younger = counter.customer(first_name="Ewa", last_name="Nowak")
    counter.do(MergeCustomers(customer_id=buyer, other_id=younger, reason="same person"), channel="admin")
    for text in ("Ewa Nowak", "Nguyễn Đường"):
        for whose in (younger, buyer):
            assert refused_at(counter, whose, labels={"for": text}) == (REFUSED, "labels")
    assert refused_at(counter, younger, labels={"for": "Ewa Đường"}) is None


def test_what_was_recorded_before_stays_the_same_document(counter: Counter) -> None:
    somebody = counter.customer(first_name="Ewa", last_name="Nowak")
    sale = counter.order(somebody, 1000, labels={"cake": "Jan Kowalski"})
    counter.do(sale)
    counter.do(EditCustomer(customer_id=somebody, first_name="Jan", last_name="Kowalski"), channel="admin")
    assert counter.do(sale).duplicate
    with pytest.raises(DomainError, match=REFUSED):
        counter.do(replace(sale, document_number=uuid4().hex[:12]))


def test_in_a_batch_it_undoes_no_other(counter: Counter, buyer: UUID) -> None:
    counter.rule()
    orders = [counter.order(buyer, 20_000, labels={"for": text}) for text in ("gift", "Đường Nguyễn", "home")]
    told = dispatch_all(orders, tenant_id=counter.tenant.id, actor="staff:1", channel="import")
    assert [one.refusal.code if one.refusal else one.result.balance for one in told] == [2, REFUSED, 4]


def test_the_api_names_the_label_and_says_the_same_beforehand(api: ApiClient, shops: Shops, tenant: Tenant) -> None:
    Counter(tenant).do(EditCustomer(customer_id=shops.customer, first_name="Hương", last_name="Đỗ"), channel="admin")
    body = shops.sale(labels={"table": "5", "khách": "Đỗ Hương"})
    for path in (PURCHASES, f"{PURCHASES}?dry_run=true"):
        assert refusal(api.post(path, body)) == (422, REFUSED, "/labels/khách")


def test_a_file_says_it_of_the_row(tmp_path: Any) -> None:
    shop = ImportingShop.opened()
    counter = Counter(shop.tenant)
    counter.customer(first_name="Ewa", last_name="Nowak", external_id="ewa")
    header = "invoice,ts,customer,sku,qty,unit_price,labels\n"
    sold = [f"{n},2026-01-01 10:0{n},ewa,A,1,1.50,{text}" for n, text in enumerate(("for=Nowak Ewa", "for=home"))]
    run = shop.take_in_lines(tmp_path / "sales.csv", *sold, header=header)
    assert [(line, code) for line, _, code, _ in shop.report(run)] == [(2, REFUSED)]
    assert shop.asked("select document_number from earning_purchase where tenant_id = %s") == [("1",)]


def test_nothing_in_a_purchase_tells_of_the_erased(counter: Counter, tenant: Tenant, buyer: UUID) -> None:
    """What was refused is nowhere; what is kept of the sale is not about the person."""
    for text in NAMED:
        refused_at(counter, buyer, labels={"note": text}, payment_method=text)
    counter.sell(buyer, 1000, labels={"note": "gift wrap"})
    counter.do(EraseCustomer(customer_id=buyer, reason="asked"), channel="admin")
    assert rows("earning_purchase", tenant, "labels") == [('{"note": "gift wrap"}',)]


def test_traces_of_nobody_are_nowhere(tenant: Tenant) -> None:
    assert not traces_of(tenant.id, []).are_in("Nguyễn Thị Đường 600123456")

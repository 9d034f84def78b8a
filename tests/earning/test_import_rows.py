"""Rows as shops write them: whole documents, named customers, and a line of report for everything that was not taken in."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from customers.commands import RegisterCustomer
from earning import queries
from loyalty.jobs.models import JobRun
from loyalty.tenancy import reading
from tests.earning.importing import ImportingShop


@pytest.fixture
def shop() -> ImportingShop:
    return ImportingShop.opened()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sales.csv"


def purchases(shop: ImportingShop) -> list[tuple[object, ...]]:
    return shop.asked("select document_number, total, kept from earning_purchase where tenant_id = %s order by purchased_at, 1")


def refused(shop: ImportingShop, run: JobRun) -> list[tuple[int, str]]:
    return [(line, code) for line, _, code, _ in shop.report(run)]


def test_everything_that_is_wrong_with_a_row_is_said_at_once(shop: ImportingShop, file: Path) -> None:
    run = shop.take_in_lines(
        file, f"1,2026-13-10 10:00,{'a' * 101},A,1,abc", ",2026-13-10 10:00,ann,A,0,", "2,2026-01-01 10:00,ann,A,1,1.50"
    )
    lines = {line: detail for line, _, _, detail in shop.report(run)}
    for line, labels in {2: ("Date and time", "Customer", "Unit price"), 3: ("Document number", "Date and time", "Quantity")}.items():
        for label in labels:
            assert lines[line].count(f"{label}: ") == 1, lines[line]
    assert (run.summary["refused"], run.summary["recorded"]) == (2, 1)


def test_a_document_is_taken_in_whole_or_not_at_all(shop: ImportingShop, file: Path) -> None:
    run = shop.take_in_lines(
        file,
        "1,2026-01-01 10:00,ann,A,2,1.50",
        "1,2026-01-01 10:00,ann,B,two,1.50",
        "2,2026-01-01 10:01,ann,A,1,1.50",
        "3,some day,ann,A,1,1.50",
        "3,2026-01-01 10:02,ann,A,1,1.50",
    )
    assert purchases(shop) == [("2", 150, 150)]
    assert refused(shop, run) == [
        (2, "imports.document_incomplete"), (3, "imports.no_number"), (5, "imports.no_time"), (6, "imports.document_incomplete"),
    ]  # fmt: skip
    assert shop.report(run)[1][3] == "Quantity: This is not a number."
    assert run.summary == {"refused": 4, "rows": 5, "customers": 1, "purchases": 1, "recorded": 1}
    mended = shop.take_in_lines(file, "1,2026-01-01 10:00,ann,A,2,1.50", "1,2026-01-01 10:00,ann,B,2,1.50")
    assert mended.summary == {"rows": 2, "purchases": 1, "recorded": 2}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,2026-01-01 10:00,ann,A,,1.50", "imports.empty"),
        ("1,,ann,A,1,1.50", "imports.empty"),
        (",2026-01-01 10:00,ann,A,1,1.50", "imports.empty"),
        ("1,2026-01-01 10:00,ann,A,0,1.50", "imports.quantity_invalid"),
        ("1,2026-01-01 10:00,ann,A,0.0001,1.50", "imports.quantity_invalid"),
        ("1,2026-01-01 10:00,ann,A,NaN,1.50", "imports.no_number"),
        ("1,2026-01-01 10:00,ann,A,1e999999999,1.50", "imports.number_too_large"),
        ("1,2026-01-01 10:00,ann,A,1,9e18", "money.too_large"),
        ("1,2026-13-01 10:00,ann,A,1,1.50", "imports.no_time"),
        ("1,0001-01-01 00:00,ann,A,1,1.50", "imports.no_time"),
        ("1,2999-01-01 10:00,ann,A,1,1.50", "earning.in_the_future"),
        (f"{'1' * 65},2026-01-01 10:00,ann,A,1,1.50", "imports.too_long"),
        (f"1,2026-01-01 10:00,ann,{'A' * 65},1,1.50", "imports.too_long"),
        (f"1,2026-01-01 10:00,{'a' * 101},A,1,1.50", "customers.text_too_long"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_reason(shop: ImportingShop, file: Path, row: str, code: str) -> None:
    run = shop.take_in_lines(file, row, "good,2026-01-01 10:00,ann,A,1,1.50")
    assert refused(shop, run) == [(2, code)]
    assert purchases(shop) == [("good", 150, 150)]
    assert (run.summary["rows"], run.summary["refused"], run.summary["recorded"]) == (2, 1, 1)


def test_what_costs_nothing_and_what_is_taken_off_belong_to_their_document(shop: ImportingShop, file: Path) -> None:
    shop.take_in_lines(file, "1,2026-01-01 10:00,ann,A,2,1.50", "1,2026-01-01 10:00,ann,GIFT,1,0", "1,2026-01-01 10:00,ann,OFF,1,-0.50")
    assert purchases(shop) == [("1", 250, 250)]
    kinds = shop.asked("select l->>'kind', (l->>'total')::int from earning_purchase, jsonb_array_elements(lines) l where tenant_id = %s")
    assert kinds == [("goods", 300), ("goods", 0), ("discount", -50)]


def test_prices_are_without_tax_where_a_column_or_the_run_says_so(shop: ImportingShop, file: Path) -> None:
    rows = (
        "1,2026-01-01 10:00,A,1,1.50,Nie",
        "2,2026-01-01 10:01,A,1,1.50,",
        "3,2026-01-01 10:02,A,1,1.50,có",
        "4,2026-01-01 10:03,A,1,1.5,?",
    )
    header = "invoice,ts,sku,qty,unit_price,ceny z podatkiem\n"
    run = shop.take_in_lines(file, *rows, header=header, prices_without_tax=True)
    told = "select document_number, prices_include_tax from earning_purchase where tenant_id = %s order by 1"
    assert shop.asked(told) == [("1", False), ("2", False), ("3", True)]
    assert refused(shop, run) == [(5, "imports.yes_or_no")]
    shop.take_in_lines(file, "5,2026-01-01 10:04,A,1,1.50,", header=header)
    assert shop.asked(told)[-1] == ("5", True)


def test_a_document_whose_rows_disagree_on_tax_is_reported_as_a_whole(shop: ImportingShop, file: Path) -> None:
    rows = (
        "1,2026-01-01 10:00,A,1,1.50,yes",
        "1,2026-01-01 10:00,B,1,1.50,",
        "1,2026-01-01 10:00,C,1,1.50,no",
        "2,2026-01-01 10:01,A,1,1.50,",
        "2,2026-01-01 10:01,B,1,1.50,no",
    )
    run = shop.take_in_lines(file, *rows, header="invoice,ts,sku,qty,unit_price,prices include tax\n")
    assert refused(shop, run) == [(line, "imports.tax_included_differs") for line in (2, 3, 4)]
    assert shop.report(run)[0][3].startswith("Prices include tax: One row of this document says that prices include tax, another")
    assert shop.asked("select document_number, prices_include_tax from earning_purchase where tenant_id = %s") == [("2", False)]


def test_a_label_with_two_values_is_reported_and_one_that_is_repeated_counts_once(shop: ImportingShop, file: Path) -> None:
    rows = ("1,2026-01-01 10:00,A,1,1.50,Color=red; COLOR=red", "2,2026-01-01 10:00,A,1,1.50,color=red|color=blue")
    rows = (*rows, '3,2026-01-01 10:00,A,1,1.50,"""16:9=yes"')
    run = shop.take_in_lines(file, *rows, header="invoice,ts,sku,qty,unit_price,labels\n")
    assert shop.asked("select (lines->0->'labels')::text from earning_purchase where tenant_id = %s") == [('{"Color": "red"}',)]
    assert refused(shop, run) == [(3, "imports.label_twice"), (4, "imports.quote_unclosed")]


def test_wide_digits_decimal_commas_and_other_dates_are_read(shop: ImportingShop, file: Path) -> None:
    given = ("1;31/12/2025 23:30;ann;A;２;1.234,50",)
    run = shop.take_in_lines(
        file, *given, header="Faktura;Ngày bán;Klient;SKU;Số lượng;Đơn giá\n", time_format="%d/%m/%Y %H:%M", decimal_comma=True
    )
    assert run.params["mapping"]["purchased_at"] == "Ngày bán"
    assert purchases(shop) == [("1", 246_900, 246_900)]
    assert (
        shop.asked("select purchased_at at time zone 'UTC' from earning_purchase where tenant_id = %s")[0][0].isoformat()
        == "2025-12-31T23:30:00"
    )


def test_rows_without_a_customer_belong_to_the_customer_of_their_document_or_to_nobody(shop: ImportingShop, file: Path) -> None:
    run = shop.take_in_lines(
        file,
        "1,2026-01-01 10:00,ann,A,1,1.00",
        "1,2026-01-01 10:00,,B,1,2.00",
        "2,2026-01-01 10:01,,A,1,4.00",
        "C2,2026-01-02 10:01,,A,-1,4.00",
    )
    assert shop.asked("select document_number, total, customer_id is null from earning_purchase where tenant_id = %s order by 1") == [
        ("1", 300, False), ("2", 400, True),
    ]  # fmt: skip
    assert refused(shop, run) == [(5, "imports.return_unmatched")]
    assert run.summary == {"rows": 4, "customers": 1, "unmatched": 1, "purchases": 2, "recorded": 3}


def test_a_document_of_two_customers_is_refused(shop: ImportingShop, file: Path) -> None:
    run = shop.take_in_lines(file, "1,2026-01-01 10:00,ann,A,1,1.00", "1,2026-01-01 10:00,bob,B,1,2.00", "2,2026-01-01 10:00,bob,B,1,2.00")
    assert purchases(shop) == [("2", 200, 200)]
    assert refused(shop, run) == [(2, "imports.several_customers"), (3, "imports.several_customers")]
    assert (run.done, run.summary["refused"], run.summary["recorded"]) == (3, 2, 1)


def test_unknown_customers_are_refused_when_none_shall_be_made(shop: ImportingShop, file: Path) -> None:
    shop.do(RegisterCustomer(phone="+84912345678"))
    rows = (
        "1,2026-01-01 10:00,0912 345 678,A,1,1.00",
        "2,2026-01-01 10:00,+84 912 345 678,A,1,1.00",
        "3,2026-01-01 10:00,0987654321,A,1,1.00",
    )
    run = shop.take_in_lines(file, *rows, customer_kind="phone", known_customers_only=True)
    assert refused(shop, run) == [(2, "phone.invalid"), (4, "phone.invalid")]
    vietnam = ImportingShop.opened(currency="VND", zone="Asia/Ho_Chi_Minh")
    vietnam.do(RegisterCustomer(phone="+84912345678"))
    run = vietnam.take_in_lines(file, *rows, customer_kind="phone", known_customers_only=True)
    assert refused(vietnam, run) == [(4, "imports.customer_unknown")]
    assert vietnam.asked("select count(distinct customer_id), count(*) from earning_purchase where tenant_id = %s") == [(1, 2)]
    again = vietnam.take_in_lines(file, *rows, customer_kind="phone")
    assert again.summary == {"rows": 3, "customers": 1, "purchases": 1, "recorded": 1, "unchanged": 2}
    assert "0912" not in str(vietnam.asked("select summary, params from jobs_jobrun where tenant_id = %s"))


def test_receipts_that_restart_daily_are_different_documents(file: Path) -> None:
    shop = ImportingShop.opened(document_scope="pos_day")
    rows = ("1,2026-01-01 23:59,ann,A,1,1.00", "1,2026-01-02 00:01,ann,A,1,2.00", "1,2026-01-02 00:01,ann,B,1,2.00")
    assert shop.take_in_lines(file, *rows).summary["purchases"] == 2
    assert purchases(shop) == [("1", 100, 100), ("1", 400, 400)]
    broken = ("1,tomorrow,ann,A,1,1.00", "1,2026-01-03 10:00,ann,B,1,1.00", "1,2026-01-03 10:00,ann,C,1,1.00")
    run = shop.take_in_lines(file, *broken)
    assert refused(shop, run) == [(2, "imports.no_time"), (3, "imports.document_incomplete"), (4, "imports.document_incomplete")]
    assert len(purchases(shop)) == 2


def test_an_exchange_on_one_receipt_is_a_sale_and_a_return(shop: ImportingShop, file: Path) -> None:
    rows = ("1,2026-01-01 10:00,ann,A,3,1.00", "2,2026-01-02 10:00,ann,A,-2,1.00", "2,2026-01-02 10:00,ann,B,1,5.00")
    run = shop.take_in_lines(file, *rows)
    assert purchases(shop) == [("1", 300, 100), ("2", 500, 500)]
    back = shop.asked("select returns->0->>'document_number' from earning_purchase where tenant_id = %s and document_number = '1'")
    assert back == [("2-R",)]
    assert run.summary == {"rows": 3, "customers": 1, "purchases": 2, "returns": 1, "recorded": 3}
    assert shop.take_in_lines(file, *rows).summary == {"rows": 3, "unchanged": 3}
    assert shop.take_in_lines(file, *rows[1:]).summary == {"rows": 2, "unchanged": 2}


def test_returns_of_a_later_file_come_off_sales_of_an_earlier_one_and_twice_is_once(shop: ImportingShop, file: Path) -> None:
    shop.take_in_lines(file, "1,2026-01-01 10:00,ann,A,3,1.00", "2,2026-02-01 10:00,ann,A,1,1.00")
    back = ("C3,2026-03-01 10:00,ann,A,-2,1.00", "C4,2026-03-02 10:00,ann,A,-5,1.00")
    run = shop.take_in_lines(file, *back)
    assert purchases(shop) == [("1", 300, 0), ("2", 100, 0)]
    assert [(line, code, said) for line, _, code, said in shop.report(run)] == [
        (3, "imports.return_unmatched", "3 of A came back by C4, but no earlier sale to this customer has it.")
    ]
    before = shop.events()
    again = shop.take_in_lines(file, *back)
    assert shop.events() == before
    assert again.summary == {"rows": 2, "unchanged": 1, "unmatched": 1}
    assert shop.report(again) == shop.report(run)


def test_a_return_number_that_restarts_daily_is_another_return(file: Path) -> None:
    shop = ImportingShop.opened(document_scope="pos_day")
    shop.take_in_lines(file, "1,2026-01-01 10:00,ann,A,1,1.00", "1,2026-01-02 10:00,ann,A,1,1.00", "R1,2026-01-03 10:00,ann,A,-1,1.00")
    assert purchases(shop) == [("1", 100, 100), ("1", 100, 0)]
    run = shop.take_in_lines(file, "R1,2026-01-04 10:00,ann,A,-1,1.00")
    assert (run.summary, shop.report(run)) == ({"rows": 1, "returns": 1, "recorded": 1}, [])
    assert purchases(shop) == [("1", 100, 0), ("1", 100, 0)]


def test_returns_of_two_days_with_one_number_are_two_documents(file: Path) -> None:
    shop = ImportingShop.opened(document_scope="pos_day")
    rows = ("1,2026-01-01 10:00,ann,A,3,1.00", "R1,2026-01-03 10:00,ann,A,-1,1.00", "R1,2026-01-04 10:00,ann,A,-1,1.00")
    assert shop.take_in_lines(file, *rows).summary["returns"] == 2
    assert shop.asked("select jsonb_array_length(returns), kept from earning_purchase where tenant_id = %s") == [(2, 100)]
    assert shop.take_in_lines(file, *rows).summary == {"rows": 3, "unchanged": 3}


def test_what_came_back_by_hand_meanwhile_is_not_there_for_the_file(shop: ImportingShop, file: Path) -> None:
    sales = ("1,2026-01-01 10:00,ann,A,1,1.00", "2,2026-01-02 10:00,ann,A,1,1.00")
    shop.take_in_lines(file, *sales)
    ((second,),) = shop.asked("select id from earning_purchase where tenant_id = %s and document_number = '2'")
    with reading(shop.tenant.id):
        by_hand = queries.goods_return(second, document_number="H1", returned_at=datetime.now(UTC))
    shop.do(by_hand)
    run = shop.take_in_lines(file, *sales, "C3,2026-01-03 10:00,ann,A,-2,1.00")
    assert purchases(shop) == [("1", 100, 0), ("2", 100, 0)]
    assert [(line, code) for line, _, code, _ in shop.report(run)] == [(4, "imports.return_unmatched")]
    assert shop.report(run)[0][3].startswith("1 of A")
    assert (run.summary["unchanged"], run.summary["returns"]) == (2, 1)
    assert shop.take_in_lines(file, *sales, "C3,2026-01-03 10:00,ann,A,-2,1.00").summary == {"rows": 3, "unchanged": 2, "unmatched": 1}


def test_a_changed_document_is_refused_with_what_differs(shop: ImportingShop, file: Path) -> None:
    shop.take_in_lines(file, "1,2026-01-01 10:00,ann,A,3,1.00")
    run = shop.take_in_lines(file, "1,2026-01-01 10:00,ann,A,4,1.00")
    assert refused(shop, run) == [(2, "earning.document_differs")]
    assert "Total, Lines" in shop.report(run)[0][3]


def test_totals_alone_are_enough(shop: ImportingShop, file: Path) -> None:
    header = "receipt,date,customer,amount\n"
    run = shop.take_in_lines(file, "1,2026-01-01,ann,10.00", "C2,2026-01-02,ann,-4.00", "C3,2026-01-03,ann,-7.50", header=header)
    assert purchases(shop) == [("1", 1000, 0)]
    assert shop.report(run)[0][3].startswith("1.50 of ")


def test_a_file_that_does_not_fit_is_refused_whole_with_advice(shop: ImportingShop, file: Path) -> None:
    with pytest.raises(
        CommandError,
        match=r"purchased_at, quantity, unit_price: Say which columns hold Purchased, Quantity, Unit price\. The file has: invoice, what",
    ):
        shop.take_in_lines(file, "1,2", header="invoice,what\n")
    with pytest.raises(CommandError, match=r"The file has no column when"):
        shop.take_in_lines(file, "1,2", header="invoice,what\n", map=[("purchased_at", "when")])
    with pytest.raises(CommandError, match="Name the tenant by --tenant"):
        ImportingShop.take_in(ImportingShop(type(shop.tenant)(code="nobody")), file)
    assert [run.state for run in shop.runs()] == ["failed", "failed"]
    assert shop.events() == shop.events()


def test_a_bad_line_in_the_middle_leaves_nothing_half_done(shop: ImportingShop, file: Path) -> None:
    with pytest.raises(CommandError, match="Line 3 is not a line of a CSV file"):
        shop.take_in_lines(file, "1,2026-01-01 10:00,ann,A,1,1.00", f"2,2026-01-01 10:00,ann,{'x' * 10_001},1,1.00")
    assert purchases(shop) == []
    assert shop.asked("select count(*) from imports_stagedblock where tenant_id = %s") == [(0,)]


def test_a_file_says_all_that_rules_ask_of_a_line(shop: ImportingShop, file: Path) -> None:
    header = "invoice,ts,customer_id,sku,qty,total,brand,kind,labels,vat,payment,document labels\n"
    run = shop.take_in_lines(
        file,
        '1,2026-01-01 10:00,ann,A,2,30.00,Acme,,"color=red | ""milk=oat, warm""; new",23,card,',
        "1,2026-01-01 10:00,ann,,,5.00,,Dostawa,,8.5,,table=5",
        "1,2026-01-01 10:00,ann,,,-3.00,,discount,,,,",
        "1,2026-01-01 10:00,ann,,,-0.01,,Rounding,,,,table=6",
        "2,2026-01-01 10:00,ann,A,1,1.00,,gift,,,,",
        "3,2026-01-01 10:00,ann,A,1,1.00,,,,100.5,,",
        "4,2026-01-01 10:00,ann,A,1,1.00,,,,8.505,,",
        header=header,
    )
    ((total, method, table, told),) = shop.asked(
        "select total, payment_method, labels ->> 'table', lines::text from earning_purchase where tenant_id = %s"
    )
    lines = json.loads(told)
    assert (total, method, table) == (3199, "card", "5")
    assert [(x["kind"], x["total"]) for x in lines] == [("goods", 3000), ("delivery", 500), ("discount", -300), ("rounding", -1)]
    first, second = lines[:2]
    assert first["labels"] == {"color": "red", "milk": "oat, warm", "new": ""}
    assert (first["maker"], first["tax_rate"], second["tax_rate"]) == ("Acme", 2300, 850)
    assert refused(shop, run) == [(6, "imports.kind_unknown"), (7, "imports.tax_rate_invalid"), (8, "imports.tax_rate_invalid")]
    assert shop.take_in(file).summary == {"rows": 7, "unchanged": 4, "refused": 3}


def test_who_buys_nothing_that_can_be_taken_in_does_not_become_a_customer(shop: ImportingShop, file: Path) -> None:
    header = "receipt,date,customer,sku,qty,price,kind\n"
    rows = (
        "1,2026-01-01 10:00,KH-1,A,1,-35.00,goods",
        "2,2026-01-01 10:00,KH-2,A,1,35.00,goods",
        "3,2026-01-01 10:00,KH-3,A,1,-35.00,discount",
        "4,2026-01-01 10:00,KH-4,A,-1,35.00,goods",
        "5,2099-01-01 10:00,KH-5,A,1,35.00,goods",
    )
    run = shop.take_in_lines(file, *rows, header=header)
    told = [(line, code) for line, _outcome, code, _words in shop.report(run)]
    wrong = [(2, "earning.price_negative"), (4, "earning.total_negative"), (5, "imports.return_unmatched"), (6, "earning.in_the_future")]
    assert told == wrong
    assert (run.summary["customers"], run.summary["purchases"], run.summary["refused"]) == (1, 1, 3)
    assert shop.asked("select count(*) from customers_customer where tenant_id = %s") == [(1,)]


@pytest.mark.parametrize(("language", "where"), [("en", "Long-running work"), ("vi", "Tác vụ nền"), ("pl", "Zadania w tle")])
def test_the_command_says_where_it_stands_which_rows_were_refused(shop: ImportingShop, file: Path, language: str, where: str) -> None:
    said = io.StringIO()
    file.write_text("receipt,date,customer,sku,qty,price\n1,2026-01-01 10:00,KH-1,A,1,-35.00\n2,2026-01-01 10:00,KH-2,A,1,35.00\n")
    call_command("import_purchases", file, tenant=shop.tenant.code, stdout=said, language=language)
    assert f"{where}, /admin/jobs/jobrun/{shop.runs()[-1].pk}/" in said.getvalue()
    file.write_text("receipt,date,customer,sku,qty,price\n2,2026-01-01 10:00,KH-2,A,1,35.00\n")
    said = io.StringIO()
    call_command("import_purchases", file, tenant=shop.tenant.code, stdout=said, language=language)
    assert where not in said.getvalue()

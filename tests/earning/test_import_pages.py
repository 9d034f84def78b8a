"""Transaction → Import and Customer → Import: send a file, say what its columns hold, watch it, stop it, read what was refused."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.models import Customer
from customers.tasks import import_customers
from earning.models import Purchase
from earning.tasks import import_purchases
from loyalty.imports import uploads
from loyalty.imports.models import Upload
from loyalty.jobs import work as jobs
from loyalty.jobs.models import JobRun
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.pos.given import a_place
from tests.support.client import visitor
from tests.support.server import ROOT

RUNS = "/admin/jobs/jobrun/"
SALES = """invoice,ts,customer_id,sku,qty,unit_price
1,2026-01-01 10:00,ann,A,2,10000
1,2026-01-01 10:00,ann,B,1,5000
2,2026-01-02 10:00,bob,A,x,10000
C1,2026-01-03 10:00,ann,A,-1,10000
C9,2026-01-03 10:00,bob,A,-1,10000
"""
PEOPLE = "Họ tên,SĐT,Ngày sinh\nNguyễn Đường,0912 345 678,31/12/1990\nTrần Nam,12345,\n"


@pytest.fixture
def pos(tenant: Tenant) -> str:
    return str(a_place(tenant))


@pytest.fixture
def send(admin_site: Any, tenant: Tenant) -> Callable[..., Any]:
    """`send("purchases", text, pos_id=…)`: the answer to a file that was sent."""

    def post(what: str, text: str | bytes, name: str = "sales.csv", **more: str) -> Any:
        body = text.encode() if isinstance(text, str) else text
        return admin_site.post(f"{RUNS}import-{what}/", {"file": SimpleUploadedFile(name, body), "encoding": "", **more})

    return post


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def field_of(page: Any, name: str) -> str:
    return str(page.content.decode().split(f'data-field="{name}"')[1].split("data-field")[0])


def run_of(tenant: Tenant) -> JobRun:
    with reading(tenant.id):
        return JobRun.objects.latest("created_at")


def chosen(page: Any) -> dict[str, str]:
    """What the fields of a page of columns hold."""
    form = page.context["form"]
    return {name: "" if (value := form[name].value()) is None else value for name in form.fields}


def test_a_file_of_purchases_goes_the_whole_way(tenant: Tenant, admin_site: Any, pos: str, send: Callable[..., Any]) -> None:
    home = text_of(admin_site.get("/admin/"))
    assert home.count("Import ") >= 2
    answer = send("purchases", SALES, pos_id=pos)
    run = run_of(tenant)
    assert answer.headers["Location"] == f"{RUNS}{run.pk}/purchase-columns/"
    page = admin_site.get(answer.headers["Location"])
    values = chosen(page)
    assert (values["document"], values["purchased_at"], values["customer"], values["quantity"]) == ("invoice", "ts", "customer_id", "qty")
    assert "qty: 2, 1, x" in text_of(page)
    answer = admin_site.post(page.request["PATH_INFO"], values | {"create_customers": "on"}, follow=True)
    assert "The import of sales.csv is under way." in text_of(answer)
    import_purchases(tenant.id, str(run.pk))
    run = run_of(tenant)
    assert run.state == "done"
    assert run.summary == {"refused": 1, "rows": 5, "customers": 1, "purchases": 1, "returns": 1, "recorded": 3, "unmatched": 1}
    shown = text_of(admin_site.get(f"{RUNS}{run.pk}/change/"))
    for told in (
        "5 of 5 rows (100 %)",
        "rows returned without a sale",
        "Quantity: This is not a number.",
        "No sale",
        "1 of A came back by C9",
    ):
        assert told in shown, told
    report = b"".join(admin_site.get(f"{RUNS}{run.pk}/report.csv").streaming_content).decode("utf-8-sig")
    assert report.splitlines()[1:] == [
        "4,refused,imports.no_number,Quantity: This is not a number.",
        '6,unmatched,imports.return_unmatched,"1 of A came back by C9, but no earlier sale to this customer has it."',
    ]
    for language, of_number, of_sale in (
        ("vi", "Số lượng: Đây không phải là số.", "C9 trả lại 1 A"),
        ("pl", "Ilość: To nie jest liczba.", "Dokumentem C9 zwrócono A (ilość: 1)"),
    ):
        admin_site.cookies["django_language"] = language
        page = text_of(admin_site.get(f"{RUNS}{run.pk}/change/"))
        assert (of_number in page, of_sale in page) == (True, True), page
        report = b"".join(admin_site.get(f"{RUNS}{run.pk}/report.csv").streaming_content).decode("utf-8-sig")
        assert f"4,refused,imports.no_number,{of_number}" in report.splitlines()
    with reading(tenant.id):
        assert not Upload.objects.exists()
        (purchase,) = Purchase.objects.all()
        assert (purchase.total, purchase.kept, purchase.channel) == (25_000, 15_000, "import")
        assert purchase.recorded_by.startswith("staff:")


def test_a_file_of_customers_goes_the_whole_way(tenant: Tenant, admin_site: Any, send: Callable[..., Any]) -> None:
    answer = send("customers", PEOPLE, "khách.csv")
    page = admin_site.get(answer.headers["Location"])
    values = chosen(page)
    assert (values["name"], values["phone"], values["birth_date"]) == ("Họ tên", "SĐT", "Ngày sinh")
    admin_site.post(answer.headers["Location"], values | {"time_format": "%d/%m/%Y"})
    import_customers(tenant.id, str(run_of(tenant).pk))
    assert run_of(tenant).summary == {"refused": 1, "rows": 2, "recorded": 1}
    with reading(tenant.id):
        (duong,) = Customer.objects.all()
        assert (duong.first_name, duong.last_name, str(duong.birth_date)) == ("Đường", "Nguyễn", "1990-12-31")
        assert not Upload.objects.exists()


def test_columns_that_are_not_used_and_how_dates_are_written_are_said_before_anything_begins(
    tenant: Tenant, admin_site: Any, send: Callable[..., Any]
) -> None:
    several = "Số ĐT,Ghi chú,Phone 2,Ngày sinh\n0912345678,quen,1,31/12/1990\n"
    page = admin_site.get(send("customers", several).headers["Location"])
    values, said = chosen(page), text_of(page)
    assert (values["phone"], values["birth_date"], values["time_format"]) == ("Số ĐT", "Ngày sinh", "%d/%m/%Y")
    assert "not used unless you choose them below: Ghi chú Phone 2 (looks like: Phone)" in said
    columns = send("customers", "phone,birthday\n0912345678,05/06/1990\n").headers["Location"]
    answer = admin_site.post(columns, chosen(admin_site.get(columns)))
    assert answer.status_code == 422
    assert "day first or month first" in field_of(answer, "time_format")


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        (b"", "file", "The submitted file is empty"),
        (b"\n\n", "file", "The first line must hold the names of the columns."),
        (b"\x1f\x8bbroken", "file", "The archive is damaged"),
        ("tên\nĐưng\n".encode("cp1258"), "encoding", "The file is not written in UTF-8."),
        (gzip.compress(b"x" * 20_000_000), "file", "is not a line of a CSV file"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_at_its_field(
    tenant: Tenant, send: Callable[..., Any], pos: str, body: bytes, field: str, said: str
) -> None:
    page = send("purchases", body, pos_id=pos)
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    assert said in field_of(page, field)
    with reading(tenant.id):
        assert not Upload.objects.exists()
        assert not JobRun.objects.exists()


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, send: Callable[..., Any], pos: str) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 100)
    page = send("purchases", SALES, pos_id=pos)
    assert page.status_code == 422
    assert "The file is too large" in field_of(page, "file")


def test_the_refusal_is_in_the_language_of_the_reader(tenant: Tenant, admin_user: User, pos: str) -> None:
    answer = visitor(tenant, admin_user, "vi").post(f"{RUNS}import-purchases/", {"pos_id": pos, "encoding": ""})
    assert answer.status_code == 422
    assert "Thông tin nhập vào chưa chính xác" in text_of(answer)


def test_wrong_columns_are_said_before_anything_begins(tenant: Tenant, admin_site: Any, pos: str, send: Callable[..., Any]) -> None:
    columns = send("purchases", SALES, pos_id=pos).headers["Location"]
    values = chosen(admin_site.get(columns))
    wrong = {
        "purchased_at": (
            values | {"purchased_at": "sku"},
            "No row can be read. Line 2: This is not a date and time written as 2026-01-31 08:30.",
        ),
        "document": (values | {"document": ""}, "Say which columns hold Document number."),
        "quantity": (values | {"quantity": ""}, "Say which columns hold Quantity."),
        "sku": (values | {"sku": "nowhere"}, "Select a valid choice"),
    }
    for field, (given, said) in wrong.items():
        page = admin_site.post(columns, given)
        assert page.status_code == 422
        assert said in field_of(page, field), field
    assert run_of(tenant).state == "waiting"


def test_starting_twice_starts_once(tenant: Tenant, admin_site: Any, pos: str, send: Callable[..., Any]) -> None:
    columns = send("purchases", SALES, pos_id=pos).headers["Location"]
    values = chosen(admin_site.get(columns))
    assert admin_site.post(columns, values).status_code == 302
    assert admin_site.post(columns, values).headers["Location"] == f"{RUNS}{run_of(tenant).pk}/change/"
    assert "Choose columns" not in text_of(admin_site.get(f"{RUNS}{run_of(tenant).pk}/change/"))


def test_only_who_may_import_sees_the_pages(tenant: Tenant, marketer_user: User, other_tenant: Tenant, pos: str, send: Any) -> None:
    columns = send("purchases", SALES, pos_id=pos).headers["Location"]
    marketer = visitor(tenant, marketer_user)
    for address in (f"{RUNS}import-purchases/", f"{RUNS}import-customers/", columns):
        assert marketer.get(address).status_code == 403
    assert "/import-" not in marketer.get("/admin/").content.decode()
    assert visitor(tenant).get(columns).status_code == 302


def test_stopped_and_resumed_from_its_page(
    tenant: Tenant, admin_site: Any, pos: str, send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earning.imports.run.PurchaseImporter.rows_at_once", 1)
    rows = "".join(f"{n},2026-01-01 10:00,c{n},A,1,1000\n" for n in range(6))
    columns = send("purchases", "invoice,ts,customer_id,sku,qty,unit_price\n" + rows, pos_id=pos).headers["Location"]
    admin_site.post(columns, chosen(admin_site.get(columns)) | {"create_customers": "on"})
    run, finish = run_of(tenant), jobs.Work.finish
    page = f"{RUNS}{run.pk}/"

    def stopping(work: jobs.Work, *told: Any) -> None:
        if work.done == 2:
            assert "was asked to stop" in text_of(admin_site.post(f"{page}stop/", follow=True))
        finish(work, *told)

    monkeypatch.setattr(jobs.Work, "finish", stopping)
    import_purchases(tenant.id, str(run.pk))
    stopped = run_of(tenant)
    assert (stopped.state, stopped.done, stopped.summary["purchases"]) == ("cancelled", 3, 3)
    assert "Resume" in text_of(admin_site.get(f"{page}change/"))
    assert "goes on" in text_of(admin_site.post(f"{page}resume/", follow=True))
    assert admin_site.get(f"{page}resume/").status_code == 404
    import_purchases(tenant.id, str(run.pk))
    assert (run_of(tenant).state, run_of(tenant).summary["purchases"]) == ("done", 6)


def test_rows_that_waited_too_long_are_not_taken_for_done(tenant: Tenant, admin_site: Any, pos: str, send: Callable[..., Any]) -> None:
    columns = send("purchases", SALES, pos_id=pos).headers["Location"]
    admin_site.post(columns, chosen(admin_site.get(columns)))
    run = run_of(tenant)
    with reading(tenant.id):
        JobRun.objects.filter(pk=run.pk).update(summary={"rows": 5}, done=1, heard_at=timezone.now() - timedelta(days=1), state="running")
    with pytest.raises(Exception, match=r"imports\.forgotten"):
        import_purchases(tenant.id, str(run.pk))
    assert run_of(tenant).error.startswith("The file is no longer here")


@pytest.fixture
def worker() -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "loyalty.celery",
        "worker",
        "--pool",
        "solo",
        "--loglevel",
        "WARNING",
        "--without-mingle",
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ, start_new_session=True)
    yield
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def test_a_real_worker_takes_in_what_a_page_began(
    tenant: Tenant, admin_site: Any, pos: str, send: Callable[..., Any], worker: None
) -> None:
    columns = send("purchases", gzip.compress(SALES.encode()), "sales.csv.gz", pos_id=pos).headers["Location"]
    admin_site.post(columns, chosen(admin_site.get(columns)) | {"create_customers": "on"})
    deadline = time.monotonic() + 60
    while not run_of(tenant).is_finished:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert (run_of(tenant).state, run_of(tenant).summary["purchases"]) == ("done", 1)


@pytest.mark.browser
def test_the_pages_in_a_browser(
    tenant: Tenant, admin_user: User, pos: str, open_page: Callable[..., Any], tmp_path: Path, worker: None
) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(SALES)
    page = open_page(admin_user, viewport={"width": 390, "height": 844})
    page.goto(f"{RUNS}import-purchases/")
    page.set_input_files("input[type=file]", str(file))
    page.click("#command-form button[type=submit]")
    page.wait_for_selector("select[name=document]")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.click("#command-form button[type=submit]")
    page.wait_for_selector("#job-progress[data-state=done]", timeout=30_000)
    page.wait_for_selector("text=Download the whole report")
    assert "5 of 5 rows" in page.inner_text("#job-progress")

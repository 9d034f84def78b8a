"""Customers of another system, moved in: registered, there already, or refused with the field at fault."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from customers.commands import EditCustomer, EraseCustomer, RegisterCustomer
from customers.imports import LABELS
from customers.models import Customer
from customers.queries import contacts, profile
from loyalty.bus import dispatch
from loyalty.jobs.models import JobRun, ReportLine
from loyalty.projections.projection import PROJECTIONS
from loyalty.projections.rebuild import checksum, rebuild
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import in_parallel
from tests.imports.test_csv_file import in_cp1258

FILE = """\
Mã khách hàng,Họ tên,SĐT,Email,Số thẻ,Giới tính,Ngày sinh,Địa chỉ,Công ty,Ngôn ngữ,Nhãn
KH-1,Nguyễn Thị Đường,0912 345 678,Duong@Example.com,9704 0001,Nữ,31/12/1990,"12 Lê Lợi
Quận 1",Sen Vàng,Tiếng Việt,vip; hạng = vàng
KH-2,Trần Văn Nam,+84987654321,,,nam,,,,,
KH-3,Lê Hoa,,hoa@example.com,,,,,,en,
"""


@pytest.fixture
def take_in(tenant: Tenant, tmp_path: Path) -> Callable[..., JobRun]:
    """`take_in(text)`: the run of an import."""

    def take(text: str | bytes, **options: Any) -> JobRun:
        path = tmp_path / "khách.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        said = {"language": "en", "stdout": io.StringIO()}
        call_command("import_customers", path, tenant=tenant.code, time_format="%d/%m/%Y", **said, **options)
        with reading(tenant.id):
            return JobRun.objects.latest("created_at")

    return take


def report(run: JobRun) -> list[tuple[int, str, str]]:
    """(line, code, field) of what was refused."""
    with reading(run.tenant_id):
        lines = ReportLine.objects.filter(run_id=run.pk).order_by("number").values_list("number", "code", "detail")
        fields = {str(label): field for field, label in LABELS.items()}
        return [(line, code, fields[detail.partition(":")[0]]) for line, code, detail in lines]


def customers(tenant: Tenant) -> list[Customer]:
    with reading(tenant.id):
        return list(Customer.objects.order_by("registered_at", "last_name"))


def test_everything_that_is_told_is_kept(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    run = take_in(FILE)
    assert (run.state, run.summary) == ("done", {"rows": 3, "recorded": 3})
    duong = next(c for c in customers(tenant) if c.first_name == "Đường")
    assert (duong.last_name, duong.gender, str(duong.birth_date), duong.language, duong.phone_last4) == (
        "Nguyễn Thị", "female", "1990-12-31", "vi", "5678",
    )  # fmt: skip
    assert duong.labels == {"vip": "", "hạng": "vàng"}
    with reading(tenant.id):
        told, held = profile(duong.id), contacts(duong.id)
    assert (told.address, told.company) == ("12 Lê Lợi, Quận 1", "Sen Vàng")
    assert (held.phone, held.email, held.card, held.external_id) == ("+84912345678", "duong@example.com", "97040001", "KH-1")
    assert {c.first_name: c.language for c in customers(tenant)} == {"Đường": "vi", "Nam": "vi", "Hoa": "en"}


def test_the_same_file_again_changes_nothing(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    take_in(FILE)
    before = [c.position for c in customers(tenant)]
    again = take_in(FILE)
    assert again.summary == {"rows": 3, "unchanged": 3}
    assert report(again) == []
    assert [c.position for c in customers(tenant)] == before


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16", "utf-8-sig"])
def test_a_file_of_an_old_program_says_the_same_as_one_of_today(tenant: Tenant, take_in: Callable[..., JobRun], encoding: str) -> None:
    """UTF-16 and UTF-8 with a mark are recognized; CP1258 is asked for, and its tones join their letters."""
    old = "".join(map(in_cp1258, FILE)) if encoding == "cp1258" else FILE
    if encoding == "cp1258":
        with pytest.raises(CommandError, match=r"encoding: .*cp1258"):
            take_in(old.encode(encoding))
    assert take_in(old.encode(encoding), encoding="cp1258" if encoding == "cp1258" else "").summary == {"rows": 3, "recorded": 3}
    assert {c.last_name for c in customers(tenant)} == {"Nguyễn Thị", "Trần Văn", "Lê"}
    assert take_in(FILE).summary == {"rows": 3, "unchanged": 3}


def test_what_differs_is_reported_and_left_alone(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    take_in(FILE)
    nam = next(c for c in customers(tenant) if c.first_name == "Nam")
    dispatch(EditCustomer(customer_id=nam.id, company="Mới"), tenant_id=tenant.id, actor="system", channel="admin")
    told = FILE.replace("Trần Văn Nam", "Trần Văn Bắc").replace("hoa@example.com", "DUONG@example.com")
    run = take_in(told)
    assert report(run) == [(4, "imports.customer_differs", "first_name"), (5, "customers.email_taken", "email")]
    assert run.summary == {"rows": 3, "unchanged": 1, "refused": 2}
    assert take_in(FILE).summary == {"rows": 3, "unchanged": 3}, "what a file does not tell may differ"


def test_what_nobody_knew_of_who_is_here_is_completed_and_nothing_is_overruled(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    """A programme that is under way moves its old list in: those who joined by a phone alone are found in it."""
    told = {"tenant_id": tenant.id, "actor": "system", "channel": "app"}
    early = dispatch(RegisterCustomer(phone="+84912345678", labels={"vip": "", "own": "1"}), **told).customer_id
    other = dispatch(RegisterCustomer(phone="+84987654321", last_name="Khác"), **told).customer_id
    run = take_in(FILE)
    assert report(run) == [(4, "imports.customer_differs", "last_name")]
    assert run.summary == {"rows": 3, "recorded": 2, "refused": 1}
    with reading(tenant.id):
        known, held, left = profile(early), contacts(early), contacts(other)
        found = Customer.objects.get(id=early)
    assert (found.first_name, found.last_name, known.gender, str(known.birth_date), held.external_id, held.card) == (
        "Đường", "Nguyễn Thị", "female", "1990-12-31", "KH-1", "97040001",
    )  # fmt: skip
    assert found.labels == {"vip": "", "own": "1", "hạng": "vàng"}
    assert left.external_id is None, "of who differs nothing is taken"
    assert take_in(FILE).summary == {"rows": 3, "unchanged": 2, "refused": 1}
    call_command("verify_guards", stdout=io.StringIO())


def test_an_empty_cell_says_nothing(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    take_in(FILE)
    assert take_in("Mã khách hàng,Họ tên,SĐT,Giới tính\nKH-1,,,\nKH-2,,+84987654321,-\n").summary == {"rows": 2, "unchanged": 2}
    assert {c.gender for c in customers(tenant) if c.first_name in {"Đường", "Nam"}} == {"female", "male"}


def test_what_pointed_to_who_was_erased_is_given_to_nobody_by_a_file(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    told = {"tenant_id": tenant.id, "actor": "system", "channel": "app"}
    gone = dispatch(RegisterCustomer(first_name="Hoa", email="hoa@example.com"), **told).customer_id
    dispatch(EraseCustomer(customer_id=gone), **told)
    here = dispatch(RegisterCustomer(phone="+84912345678"), **told).customer_id
    assert report(take_in("phone,email\n0912345678,hoa@example.com\n")) == [(2, "customers.was_erased", "email")]
    with reading(tenant.id):
        assert contacts(here).email is None


def test_of_two_files_at_once_one_completes_and_the_other_says_what_differs(
    tenant: Tenant, take_in: Callable[..., JobRun], tmp_path: Path
) -> None:
    dispatch(RegisterCustomer(phone="+84912345678"), tenant_id=tenant.id, actor="system", channel="app")

    def run(n: int) -> None:
        path = tmp_path / f"{n}.csv"
        path.write_text(f"phone,first_name\n0912345678,Tên {n}\n")
        call_command("import_customers", path, tenant=tenant.code, stdout=io.StringIO())

    in_parallel(4, run)
    with reading(tenant.id):
        counts = [told.summary for told in JobRun.objects.all()]
    assert (sum(c.get("recorded", 0) for c in counts), sum(c.get("refused", 0) for c in counts)) == (1, 3)


def test_a_damaged_row_is_refused_and_the_others_are_taken_in(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    run = take_in("name,phone\nAn,0912345678\nB\0inh,0987654321\n\0\nHoa,0977777777\n")
    assert run.summary == {"rows": 4, "recorded": 2, "refused": 2}
    with reading(tenant.id):
        found = list(ReportLine.objects.filter(run_id=run.pk).order_by("number").values_list("number", "code"))
    assert found == [(3, "imports.nul"), (4, "imports.nul")]
    assert {c.first_name for c in customers(tenant)} == {"An", "Hoa"}


def test_only_one_of_two_rows_with_one_phone_is_registered(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    run = take_in("name,phone\nAn,0912345678\nBình,+84 912 345 678\n")
    assert report(run) == [(3, "imports.customer_differs", "first_name")]
    assert [c.first_name for c in customers(tenant)] == ["An"]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("phone", "12345", "phone.invalid"),
        ("email", "an@", "customers.email_invalid"),
        ("card", "1", "customers.card_invalid"),
        ("code", "00000000", "customers.not_found"),
        ("code", "ABC", "customers.code_invalid"),
        ("birth_date", "1990-12-31", "imports.no_day"),
        ("birth_date", "31/12/2999", "customers.birth_date_invalid"),
        ("gender", "yes", "customers.unknown_gender"),
        ("language", "Klingon", "customers.unknown_language"),
        ("first_name", "a" * 101, "customers.text_too_long"),
        ("labels", "=gold", "customers.label_without_key"),
        ("address", "x" * 1001, "imports.too_long"),
    ],
)
def test_a_wrong_cell_is_said_at_its_field(tenant: Tenant, take_in: Callable[..., JobRun], column: str, cell: str, code: str) -> None:
    run = take_in(f"external_id,{column}\n1,{cell}\n2,\n")
    assert report(run) == [(2, code, column)]
    assert run.summary == {"refused": 1, "rows": 2, "recorded": 1}


def test_everything_that_is_wrong_with_a_row_is_said_at_once(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    run = take_in("phone,email,birth_date,gender,language\n12345,an@,1990-12-31,yes,Klingon\n,,,,\n")
    with reading(run.tenant_id):
        ((code, detail),) = ReportLine.objects.values_list("code", "detail")
    assert code == "phone.invalid"
    for label in ("Phone", "Email", "Birth date", "Gender", "Language"):
        assert detail.count(f"{label}: ") == 1, detail


@pytest.mark.parametrize("name", ["", "Nguyễn Thị Đường"])
def test_who_could_not_be_known_again_is_refused_each_time(tenant: Tenant, take_in: Callable[..., JobRun], name: str) -> None:
    text = f"name,company,phone\n{name},Sen Vàng,\nAn,,0912345678\n"
    runs = take_in(text), take_in(text)
    assert [report(run) for run in runs] == [[(2, "imports.no_identifier", "phone")]] * 2
    assert [run.summary for run in runs] == [{"rows": 2, "recorded": 1, "refused": 1}, {"rows": 2, "unchanged": 1, "refused": 1}]
    assert [c.first_name for c in customers(tenant)] == ["An"]


def test_files_at_the_same_time_register_nobody_twice(tenant: Tenant, take_in: Callable[..., JobRun], tmp_path: Path) -> None:
    """A batch claims all its phones at once; where another file was quicker, only the rows that it took are refused."""
    phones = [f"09120000{n:02}" for n in range(40)]

    def move_in(n: int) -> None:
        path = tmp_path / f"{n}.csv"
        order = phones[n * 10 :] + phones[: n * 10]
        path.write_text("phone,name\n" + "".join(f"{phone},Khách {phone}{n}\n" for phone in order))
        call_command("import_customers", path, tenant=tenant.code, stdout=io.StringIO())

    answers = in_parallel(4, move_in)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    with reading(tenant.id):
        counts = [run.summary for run in JobRun.objects.all()]
    assert sum(told.get("recorded", 0) for told in counts) == len(phones) == len(customers(tenant))
    assert sum(told.get("refused", 0) for told in counts) == 3 * len(phones)
    call_command("verify_guards", stdout=io.StringIO())


def test_rows_of_one_batch_that_are_refused_keep_nothing_from_those_behind(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    """What a refused row would have claimed is free for the next one."""
    dispatch(
        RegisterCustomer(first_name="Ai", email="a@example.com", external_id="0"), tenant_id=tenant.id, actor="system", channel="admin"
    )
    run = take_in("external_id,phone,email\n1,0912345678,a@example.com\n2,0912345678,b@example.com\n3,0987654321,b@example.com\n")
    assert report(run) == [(2, "imports.customer_differs", "external_id"), (4, "customers.email_taken", "email")]
    assert run.summary == {"rows": 3, "recorded": 1, "refused": 2}


def test_a_file_without_any_known_column_is_refused(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    with pytest.raises(CommandError, match="Say which columns hold"):
        take_in("x,y\n1,2\n")


def test_names_in_one_column_are_parted_as_the_language_wants(take_in: Callable[..., JobRun], other_tenant: Tenant, tmp_path: Path) -> None:
    path = tmp_path / "klienci.csv"
    path.write_text("imię i nazwisko;telefon\nAnna Maria Nowak;512345678\n")
    call_command("import_customers", path, tenant=other_tenant.code, stdout=io.StringIO())
    (anna,) = customers(other_tenant)
    assert (anna.first_name, anna.last_name, anna.language) == ("Anna Maria", "Nowak", "pl")


def test_nothing_readable_of_a_person_stays_in_run_report_or_staging(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    run = take_in(FILE + "KH-4,Phạm An,0912 345 678,,,,31/31/1990,,,,\n")
    assert run.summary["refused"] == 1
    with connections["owner"].cursor() as cursor:
        for table in ("jobs_jobrun", "jobs_reportline", "imports_stagedblock", "imports_uploadpart", "event.event"):
            cursor.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t where tenant_id = %s", [tenant.id])
            text = cursor.fetchone()[0]
            assert not [told for told in ("Đường", "Phạm", "912345678", "uong@", "/1990", '"1990-', "Lê Lợi") if told in text], table
        cursor.execute("select count(*) from imports_stagedblock where tenant_id = %s", [tenant.id])
        assert cursor.fetchone() == (0,)


def test_a_thousand_rows_are_found_again_one_by_one(tenant: Tenant, take_in: Callable[..., JobRun]) -> None:
    dispatch(RegisterCustomer(external_id="C-500", first_name="Somebody"), tenant_id=tenant.id, actor="system", channel="admin")
    text = "external_id,first_name\n" + "".join(f"C-{n},Khách {n}\n" for n in range(1, 1001))
    run = take_in(text)
    assert run.summary == {"rows": 1000, "recorded": 999, "refused": 1}
    assert report(run) == [(501, "imports.customer_differs", "first_name")]
    assert take_in(text).summary == {"rows": 1000, "unchanged": 999, "refused": 1}
    live = checksum("customers_customer")
    assert rebuild(PROJECTIONS["customers.customers"], swap=False).checksums == {"customers_customer": live}

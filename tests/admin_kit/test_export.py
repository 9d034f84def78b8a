"""Lists as files: what the list shows, for who may take it away, in bounded memory and harmless to a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from customers.admin import CustomerAdmin
from customers.commands import EraseCustomer, RegisterCustomer
from earning import queries
from earning.permissions import SEE_ALL_PURCHASES
from loyalty.admin import export
from loyalty.admin.export import AT_ONCE, _cell
from loyalty.bus import dispatch
from loyalty.files import tasks
from loyalty.files.tasks import write_list
from loyalty.imports import uploads
from loyalty.imports.csv_file import UnreadableFile
from loyalty.imports.models import UploadPart
from loyalty.jobs.models import JobRun
from loyalty.lookup import unseal
from loyalty.staff.models import PrivilegedRead, Role, User
from loyalty.staff.permissions import ENTER_ADMIN, EXPORT
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter, in_parallel
from tests.support.client import visitor

CUSTOMERS, PURCHASES, ACCOUNTS = (f"/admin/{name}/export/" for name in ("customers/customer", "earning/purchase", "earning/account"))


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    raw = b"".join(answer.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by it"
    return list(csv.reader(raw.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize(
    ("cell", "written"),
    [("=1+1", "'=1+1"),
     ("+84 1", "'+84 1"), ("-x", "'-x"), ("@a", "'@a"), ("\t=1", "'\t=1"), (" =1", "' =1"), ("＝1", "'＝1"), ("Lan", "Lan"),
     ("a=b", "a=b"),
     (None, ""), (-5, -5), (Decimal("-1.50"), Decimal("-1.50")), (datetime(2026, 1, 31, 17, tzinfo=UTC), "2026-02-01 00:00:00")],
)  # fmt: skip
def test_nothing_in_a_file_is_carried_out_by_a_spreadsheet(cell: Any, written: Any) -> None:
    assert _cell(cell, ZoneInfo("Asia/Ho_Chi_Minh")) == written


def test_a_file_of_customers_has_what_the_list_shows(tenant: Tenant, admin_site: Any) -> None:
    counter = Counter(tenant)
    counter.customer(first_name="=HYPERLINK(1)", last_name="Đỗ", phone="+84912345678", email="d@example.com")
    counter.customer(first_name="Lan", last_name="Trần", active=False)
    whole = rows_of(admin_site.get(CUSTOMERS))
    assert {row[2] for row in whole} == {"First name", "'=HYPERLINK(1)", "Lan"}
    assert {"0912 345 678", "d@example.com"} <= {cell for row in whole for cell in row}
    assert [row[2] for row in rows_of(admin_site.get(CUSTOMERS, {"state__exact": "new"}))] == ["First name", "Lan"]
    assert [row[2] for row in rows_of(admin_site.get(CUSTOMERS, {"q": "tran lan"}))] == ["First name", "Lan"]
    with reading(tenant.id):
        assert {r.what for r in PrivilegedRead.objects.all()} == {"lists.export:customers.customer"}


def test_whole_phones_leave_only_with_who_may_see_them(tenant: Tenant, marketer_user: User) -> None:
    Counter(tenant).customer(phone="+84912345678", email="d@example.com")
    told = {cell for row in rows_of(visitor(tenant, marketer_user).get(CUSTOMERS)) for cell in row}
    assert "5678" in told
    assert not {"0912 345 678", "d@example.com", "+84912345678"} & told


def test_who_may_not_export_gets_no_file_and_no_button(tenant: Tenant, marketer_user: User) -> None:
    with reading(tenant.id):
        role = Role.objects.get(pk=marketer_user.role_id)
        role.permissions = [p for p in role.permissions if p != EXPORT]
        role.save()
        assert ENTER_ADMIN in role.permissions
    site = visitor(tenant, marketer_user)
    for file in (CUSTOMERS, PURCHASES, ACCOUNTS):
        assert site.get(file).status_code == 403
        assert "/export/" not in site.get(file.removesuffix("export/")).content.decode()


def test_a_long_file_is_read_page_by_page_each_in_its_own_transaction(tenant: Tenant, admin_site: Any) -> None:
    counter = Counter(tenant)
    for n in range(AT_ONCE + 5):
        counter.do(RegisterCustomer(first_name=f"Lan {n}"))
    answer = admin_site.get(CUSTOMERS)
    pieces = []
    for piece in answer.streaming_content:
        assert not connection.in_atomic_block
        pieces.append(piece.count(b"\r\n"))
    assert pieces == [1, AT_ONCE, 5]


def test_purchases_accounts_and_a_statement(tenant: Tenant, other_tenant: Tenant, admin_site: Any, make_user: Any) -> None:
    counter = Counter(tenant)
    counter.rule()
    whose = counter.customer()
    counter.sell(whose, 250_000, number="HD-1")
    counter.sell(None, 10_000, number="HD-2")
    titles, *sold = rows_of(admin_site.get(PURCHASES, {"matched": "yes"}))
    assert [dict(zip(titles, row, strict=True))["Document number"] for row in sold] == ["HD-1"]
    titles, *held = rows_of(admin_site.get(ACCOUNTS))
    assert [(row["Customer"], row["Balance"]) for row in (dict(zip(titles, r, strict=True)) for r in held)] == [("Nguyễn Đường", "25")]
    with reading(tenant.id):
        account = queries.account(whose).account_id
    statement = f"/admin/earning/account/{account}/statement/"
    assert [row[1:5] for row in rows_of(admin_site.get(statement))[1:]] == [["Earned", "HD-1", "25", "25"]]
    assert rows_of(admin_site.get(statement, {"as_of": "2020-01-31"}))[1:] == []
    shown = admin_site.get(statement.replace("/statement/", "/change/"), {"as_of": "2020-01-31"}).content.decode()
    assert f'href="{statement}?as_of=2020-01-31"' in shown
    elsewhere = visitor(other_tenant, make_user(other_tenant, "administrator"))
    assert elsewhere.get(statement).status_code == 404


def test_documents_of_merchants_that_are_not_seen_leave_in_no_file(tenant: Tenant, marketer_user: User) -> None:
    counter = Counter(tenant)
    counter.rule()
    whose = counter.customer()
    counter.sell(whose, 250_000, number="HD-1")
    with reading(tenant.id):
        role = Role.objects.get(pk=marketer_user.role_id)
        role.permissions = [p for p in role.permissions if p != SEE_ALL_PURCHASES]
        role.save()
        account = queries.account(whose).account_id
    site = visitor(tenant, marketer_user)
    assert rows_of(site.get(PURCHASES))[1:] == []
    assert [row[1:5] for row in rows_of(site.get(f"/admin/earning/account/{account}/statement/"))[1:]] == [["Earned", "", "25", "25"]]


def test_a_long_list_is_written_in_the_background_and_fetched_by_who_asked(
    tenant: Tenant, admin_site: Any, marketer_user: User, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(tenant)
    customers = [counter.customer(first_name=f"=A{n}", phone=f"+8491234567{n}") for n in range(3)]
    counter.customer(first_name="Lan", active=False)
    monkeypatch.setattr(CustomerAdmin, "streamed_at_most", 2)
    begun = admin_site.get(CUSTOMERS, {"state__exact": "active"})
    with reading(tenant.id):
        run = JobRun.objects.get(kind="lists.export")
    assert begun.headers["Location"] == f"/admin/jobs/jobrun/{run.pk}/change/"
    assert "active" not in str(run.params), "what was typed may be a name"
    write_list(tenant.id, str(run.pk))
    with reading(tenant.id):
        run.refresh_from_db()
    assert (run.state, run.done, run.total) == ("done", 3, 3)
    file = f"/admin/jobs/jobrun/{run.pk}/file.csv"
    assert file in admin_site.get(begun.headers["Location"]).content.decode()
    told = rows_of(admin_site.get(file))
    assert [row[2] for row in told] == ["First name", "'=A0", "'=A1", "'=A2"]
    assert "0912 345 670" in str(told)
    assert visitor(tenant, make_user(tenant, "administrator")).get(file).status_code == 403
    assert b"0912" not in b"".join(bytes(part.body) for part in stored(tenant))
    erase(tenant, customers[0])
    assert admin_site.get(file).status_code == 404
    assert stored(tenant) == []


@pytest.mark.parametrize("erased", [True, False])
def test_of_a_file_that_breaks_off_nothing_stays_with_who_is_erased(
    tenant: Tenant, admin_site: Any, monkeypatch: pytest.MonkeyPatch, erased: bool
) -> None:
    """Erased while it is written, or after the work was stopped: either way somebody stood in parts of it."""
    monkeypatch.setattr(uploads, "PART", 64)
    monkeypatch.setattr(CustomerAdmin, "streamed_at_most", 0)
    whose, lines_of = Counter(tenant).customer(first_name="Đường"), tasks.lines_of
    admin_site.get(CUSTOMERS)
    with reading(tenant.id):
        run = JobRun.objects.get(kind="lists.export")

    def broken(*given: Any) -> Iterator[bytes]:
        yield from lines_of(*given)
        if not erased:
            raise RuntimeError
        erase(tenant, whose)
        yield b"the rest of it"

    monkeypatch.setattr(tasks, "lines_of", broken)
    with suppress(RuntimeError, UnreadableFile):
        write_list(tenant.id, str(run.pk))
    assert admin_site.get(f"/admin/jobs/jobrun/{run.pk}/file.csv").status_code == 404
    if not erased:
        assert stored(tenant), "somebody stands in it"
        erase(tenant, whose)
    assert stored(tenant) == []


def test_who_is_erased_while_files_are_written_stands_in_none_of_them(
    tenant: Tenant, admin_site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three files and an erasure at once, whichever comes first: a file that stays was read when nobody was there any more."""
    monkeypatch.setattr(uploads, "PART", 64)
    monkeypatch.setattr(export, "AT_ONCE", 2)
    monkeypatch.setattr(CustomerAdmin, "streamed_at_most", 0)
    counter = Counter(tenant)
    for n in range(9):
        counter.customer(first_name=f"Lan{n}")
    for _round in range(2):
        whose, before = counter.customer(first_name="Quỳnhhoa"), runs(tenant)
        for _ in range(3):
            admin_site.get(CUSTOMERS)
        work: list[Callable[[], Any]] = [partial(write_list, tenant.id, str(run)) for run in runs(tenant) - before]
        work.insert(2, lambda whose=whose: erase(tenant, whose))  # type: ignore[misc]
        done = in_parallel(4, lambda n, work=work: work[n]())  # type: ignore[misc]
        assert {type(one) for one in done} <= {type(None), UnreadableFile}
        with reading(tenant.id):
            parts = UploadPart.objects.filter(tenant_id=tenant.id).order_by("upload_id", "number")
            text = b"".join(unseal(bytes(p.body), uploads.TABLE, tenant.id, p.upload_id, p.number) for p in parts)
        assert "Quỳnhhoa".encode() not in text


def runs(tenant: Tenant) -> set[UUID]:
    with reading(tenant.id):
        return set(JobRun.objects.filter(kind="lists.export").values_list("pk", flat=True))


def erase(tenant: Tenant, customer_id: UUID) -> None:
    dispatch(EraseCustomer(customer_id=customer_id), tenant_id=tenant.id, actor="system", channel="test")


def stored(tenant: Tenant) -> list[UploadPart]:
    with reading(tenant.id):
        return list(UploadPart.objects.all())

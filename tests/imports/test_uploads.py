"""Files that people send: sealed in parts, read from any place, gone when they were taken in, never larger than they may be."""

from __future__ import annotations

import gzip
import os
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from loyalty.domain.errors import DomainError
from loyalty.imports import CsvFile, Row, UnreadableFile, uploads
from loyalty.imports.models import Upload
from loyalty.imports.tasks import forget_abandoned
from loyalty.jobs.models import JobRun
from loyalty.jobs.work import begin
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PART", 1000)


def count(table: str, tenant: Tenant) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"select count(*) from {table} where tenant_id = %s", [tenant.id])
        return int(cursor.fetchone()[0])


def test_a_file_comes_back_byte_by_byte_from_any_place(tenant: Tenant) -> None:
    given = os.urandom(2500)
    stored = uploads.keep(tenant.id, "a.csv", [given[:1], given[1:1700], given[1700:]])
    with uploads.kept(tenant.id, stored.upload_id).open() as file:
        assert file.read() == given
        file.seek(990)
        assert file.read(20) == given[990:1010]
    assert (stored.size, count("imports_uploadpart", tenant)) == (2500, 3)


def test_packed_and_plain_files_are_read_as_from_disk(tenant: Tenant) -> None:
    text = "a,b\n" + "".join(f"{n},Đường {n}\n" for n in range(500))
    for body in (text.encode(), gzip.compress(text.encode())):
        file = CsvFile(uploads.keep(tenant.id, "a.csv", [body]), largest=10**6)
        assert file.header() == ("a", "b")
        assert list(file.rows())[-1] == Row(501, ("499", "Đường 499"))


def test_what_lies_there_is_sealed_and_another_tenants_is_not_there(tenant: Tenant, other_tenant: Tenant) -> None:
    stored = uploads.keep(tenant.id, "a.csv", [b"name,phone\nNguyen,0912345678\n"])
    with connections["owner"].cursor() as cursor:
        cursor.execute("select body from imports_uploadpart where tenant_id = %s", [tenant.id])
        assert b"0912345678" not in bytes(cursor.fetchone()[0])
    with pytest.raises(UnreadableFile, match=r"imports\.forgotten"):
        uploads.kept(other_tenant.id, stored.upload_id)
    uploads.forget(tenant.id, stored.upload_id)
    uploads.forget(tenant.id, stored.upload_id)
    assert (count("imports_upload", tenant), count("imports_uploadpart", tenant)) == (0, 0)


def test_too_large_and_empty_files_leave_nothing_behind(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 5000)
    for pieces, code in (([b"x" * 6000], "imports.file_too_large"), ([], "imports.file_empty")):
        with pytest.raises(DomainError) as refused:
            uploads.keep(tenant.id, "a.csv", pieces)
        assert refused.value.code == code
    assert (count("imports_upload", tenant), count("imports_uploadpart", tenant)) == (0, 0)


@pytest.mark.parametrize("bomb", [b"a,b\n" + b"1,2\n" * 500_000, b"a,b\n" + b"x" * 3_000_000, b"y" * 3_000_000])
def test_an_archive_that_unpacks_to_more_than_may_be_is_refused(tenant: Tenant, bomb: bytes) -> None:
    file = CsvFile(uploads.keep(tenant.id, "bomb.csv.gz", [gzip.compress(bomb)]), largest=1_000_000)
    with pytest.raises(UnreadableFile) as refused:
        for _row in file.rows():
            pass
    assert refused.value.code in {"imports.file_too_large", "imports.not_csv"}


def test_a_line_without_end_is_not_read_into_memory(tenant: Tenant) -> None:
    file = CsvFile(uploads.keep(tenant.id, "a.csv", [b"a,b\n" + b"1," * 1_000_000]))
    with pytest.raises(UnreadableFile) as refused:
        list(file.rows())
    assert refused.value.code == "imports.not_csv"


def test_what_nobody_goes_on_with_is_forgotten_after_a_week(tenant: Tenant) -> None:
    def left(days: int) -> Any:
        stored = uploads.keep(tenant.id, "a.csv", [b"a,b\n"])
        run_id = begin(tenant.id, "toy", "a.csv", "system", upload=str(stored.upload_id), encoding="")
        with reading(tenant.id):
            JobRun.objects.filter(pk=run_id).update(created_at=timezone.now() - timedelta(days=days))
        return run_id

    old, new = left(8), left(6)
    assert forget_abandoned(tenant.id) == 1
    assert forget_abandoned(tenant.id) == 0
    with reading(tenant.id):
        assert Upload.objects.count() == 1
        assert JobRun.objects.get(pk=old).state == "cancelled"
        assert JobRun.objects.get(pk=new).state == "waiting"

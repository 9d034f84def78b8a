"""What an import says on the command line is in the reader's language, with plurals and grouped numbers."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from loyalty.jobs.models import JobRun
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant

ONE = "id,name,phone\nKH-7,Trần Văn Nam,0912 300 400\n"


def told(tenant: Tenant, file: Path, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_customers", str(file), tenant=tenant.code, stdout=out, **options)
    return out.getvalue().replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", ["Lượt chạy ", "Các cột: external_id=id"]),
        ("en", ["Run ", "Columns: external_id=id", "Rows read: 1", "Rows recorded: 1"]),
        ("pl", ["Przebieg ", "Kolumny: external_id=id"]),
    ],
)
def test_an_import_speaks_the_language_that_is_asked_for(tenant: Tenant, tmp_path: Path, language: str, said: list[str]) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(ONE)
    out = told(tenant, file, language=language)
    for shown in said:
        assert shown in out, shown
    assert "1 rows" not in out


def test_rows_are_one_number_from_the_first_line_to_the_last(tenant: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(ONE + "KH-8,Lê Hoa,12345\nKH-9,,0912 300 401\n")
    out = told(tenant, file, language="en")
    assert ("\n3 rows\n" in out, "Rows read: 3" in out, "Rows refused: 1" in out) == (True, True, True), out


def test_columns_that_are_not_used_are_told_before_anything_is_taken_in(tenant: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("Họ tên,Số ĐT,Ngày sinh,Ghi chú,Emial\nTrần Nam,0912 300 400,31/12/1990,quen,nam@example.com\n")
    with pytest.raises(CommandError, match="--map email=Emial"):
        told(tenant, file, language="en")
    with reading(tenant.id):
        assert not JobRun.objects.exists()
    out = told(tenant, file, language="en", map=[("email", "Emial")])
    for said in (
        "phone=Số ĐT",
        "name=Họ tên",
        "Columns that are not used: Ghi chú",
        "Dates and times are read as 31/01/2026",
        "Rows recorded: 1",
    ):
        assert said in out, said
    assert "Rows that were there before: 1" in told(tenant, file, language="en", map=[("email", "Emial")], ignore=["ghi chú"])


def test_dates_that_say_nothing_of_their_order_are_asked_about(tenant: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("phone,Ngày sinh\n0912 300 400,05/06/1990\n")
    with pytest.raises(CommandError, match='--time-format "%d/%m/%Y"'):
        told(tenant, file, language="en")
    assert "Rows recorded: 1" in told(tenant, file, language="en", time_format="%d/%m/%Y")


def test_without_a_wish_it_is_that_of_the_tenant(tenant: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text(ONE)
    assert "Các cột" in told(tenant, file)
    with pytest.raises(CommandError, match="Hãy cho biết tên tệp"):
        call_command("import_customers", tenant=tenant.code)


@pytest.mark.parametrize(
    ("language", "done", "total", "said"),
    [
        ("en", 1, 1, "1 of 1 row (100 %)"),
        ("en", 1200, 5000, "1,200 of 5,000 rows (24 %), 120 each second, about 32 seconds left"),
        ("vi", 1200, 5000, "1.200 trên 5.000 dòng (24 %), 120 dòng mỗi giây, còn khoảng 32 giây"),
        ("pl", 1, 22, "1 z 22 wierszy (4 %)"),
        ("en", 1, None, "1 row"),
        ("pl", 3, None, "3 wiersze"),
    ],
)
def test_how_far_a_run_is(language: str, done: int, total: int | None, said: str) -> None:
    run = JobRun(done=done, total=total, state="running")
    if done > 100:
        run.heard_at = timezone.now()
        run.started_at = run.heard_at - timedelta(seconds=10)
    with override(language):
        assert run.how_far.replace("\u00a0", " ") == said

"""Rows of a file on their way in: copied to a table, read back customer by customer, deleted at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby, islice
from uuid import UUID

from django.db import connections

from earning.imports.columns import ImportRow
from loyalty.tenancy import reading

CHUNK = 20_000
PARTIES = 100
DOCUMENTS = 400
TEMPORARY = """create temporary table incoming (line int, party text, document text, at timestamptz, sku text, name text, category text,
    quantity bigint, unit_price numeric, total bigint) on commit drop"""
COPY = "copy incoming (line, party, document, at, sku, name, category, quantity, unit_price, total) from stdin"
MOVE = """insert into earning_importrow (tenant_id, job_id, line, party, document, at, sku, name, category, quantity, unit_price, total)
    select %s, %s, line, party, document, at, sku, name, category, quantity, unit_price, total from incoming on conflict do nothing"""
COLUMNS = """line, party, document, min(at) over (partition by party, document, coalesce(quantity, total) < 0), sku, name, category,
    quantity, unit_price, total"""
NEXT_PARTIES = """select party from earning_importrow where tenant_id = %s and job_id = %s and party > %s and party <> ''
    group by party order by party limit %s"""
NEXT_DOCUMENTS = """select document from earning_importrow where tenant_id = %s and job_id = %s and party = '' and document > %s
    group by document order by document limit %s"""
OF_PARTIES = f"""select {COLUMNS} from earning_importrow where tenant_id = %s and job_id = %s and party > %s and party <= %s
    order by party, line"""
OF_DOCUMENTS = f"""select {COLUMNS} from earning_importrow where tenant_id = %s and job_id = %s and party = '' and document > %s and document <= %s
    order by document, line"""
Staged = tuple[int, str, str, datetime, str, str, str, int | None, Decimal | None, int]


def stage(tenant_id: int, job_id: UUID, rows: Iterable[ImportRow]) -> int:
    """Copy `rows` into the staging table in transactions of 20,000; returns how many. Staged rows stay as they are."""
    staged, stream = 0, iter(rows)
    while chunk := list(islice(stream, CHUNK)):
        with reading(tenant_id), connections["default"].cursor() as cursor:
            cursor.execute(TEMPORARY)
            with cursor.copy(COPY) as copy:
                for r in chunk:
                    copy.write_row((r.line, r.party, r.document, r.at, r.sku, r.name, r.category, r.quantity, r.unit_price, r.total))
            cursor.execute(MOVE, [tenant_id, job_id])
        staged += len(chunk)
    return staged


def anonymous(tenant_id: int, job_id: UUID, after: str) -> Iterator[tuple[str, list[ImportRow]]]:
    """The rows without a customer, in groups of whole documents behind document `after`, each with its last document."""
    while documents := _page(NEXT_DOCUMENTS, tenant_id, job_id, after, DOCUMENTS):
        yield documents[-1], _rows(OF_DOCUMENTS, tenant_id, job_id, (after, documents[-1]))
        after = documents[-1]


def by_party(tenant_id: int, job_id: UUID, after: str) -> Iterator[tuple[str, list[list[ImportRow]]]]:
    """All rows of each customer reference behind `after`, a hundred references at a time, each time with the last of them."""
    while parties := _page(NEXT_PARTIES, tenant_id, job_id, after, PARTIES):
        rows = _rows(OF_PARTIES, tenant_id, job_id, (after, parties[-1]))
        yield parties[-1], [list(group) for _, group in groupby(rows, key=lambda r: r.party)]
        after = parties[-1]


def discard(tenant_id: int, job_id: UUID) -> None:
    """Delete the staged rows of a job: they name people."""
    with reading(tenant_id), connections["default"].cursor() as cursor:
        cursor.execute("delete from earning_importrow where tenant_id = %s and job_id = %s", [tenant_id, job_id])


def count(tenant_id: int, job_id: UUID) -> int:
    """How many rows of a job are staged."""
    with reading(tenant_id), connections["default"].cursor() as cursor:
        cursor.execute("select count(*) from earning_importrow where tenant_id = %s and job_id = %s", [tenant_id, job_id])
        return int(cursor.fetchone()[0])


def _page(sql: str, tenant_id: int, job_id: UUID, after: str, size: int) -> list[str]:
    with reading(tenant_id), connections["default"].cursor() as cursor:
        cursor.execute(sql, [tenant_id, job_id, after, size])
        return [row[0] for row in cursor.fetchall()]


def _rows(sql: str, tenant_id: int, job_id: UUID, span: Sequence[str]) -> list[ImportRow]:
    with reading(tenant_id), connections["default"].cursor() as cursor:
        cursor.execute(sql, [tenant_id, job_id, *span])
        return [ImportRow(*row) for row in cursor.fetchall()]

"""Rows of a file on their way in: copied to a table, read back customer by customer, deleted as they are taken in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
PARTY = "tenant_id = %s and job_id = %s and party = any (%s::text[])"
NOBODY = "tenant_id = %s and job_id = %s and party = '' and document = any (%s::text[])"
NEXT_PARTIES = """select party from earning_importrow where tenant_id = %s and job_id = %s and party > ''
    group by party order by party limit %s"""
NEXT_DOCUMENTS = """select document from earning_importrow where tenant_id = %s and job_id = %s and party = ''
    group by document order by document limit %s"""


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


def groups(tenant_id: int, job_id: UUID) -> Iterator[list[list[ImportRow]]]:
    """The staged rows in groups of one customer reference each, a hundred references at a time, then those without one by
    whole documents. Each time it looks for what is still there: `done` must take away what was given before.
    """
    while parties := _first(NEXT_PARTIES, tenant_id, job_id, PARTIES):
        rows = _rows(PARTY, tenant_id, job_id, parties)
        yield [list(group) for _, group in groupby(rows, key=lambda r: r.party)]
    while documents := _first(NEXT_DOCUMENTS, tenant_id, job_id, DOCUMENTS):
        yield [_rows(NOBODY, tenant_id, job_id, documents)]


def done(tenant_id: int, job_id: UUID, taken: Sequence[Sequence[ImportRow]]) -> None:
    """Delete rows that were taken in."""
    where, values = PARTY, [group[0].party for group in taken]
    if not values[0]:
        where, values = NOBODY, sorted({row.document for group in taken for row in group})
    with reading(tenant_id), connections["default"].cursor() as cursor:
        cursor.execute(f"delete from earning_importrow where {where}", [tenant_id, job_id, values])


def _first(sql: str, tenant_id: int, job_id: UUID, size: int) -> list[str]:
    with reading(tenant_id), connections["default"].cursor() as cursor:
        cursor.execute(sql, [tenant_id, job_id, size])
        return [row[0] for row in cursor.fetchall()]


def _rows(where: str, tenant_id: int, job_id: UUID, values: Sequence[str]) -> list[ImportRow]:
    with reading(tenant_id), connections["default"].cursor() as cursor:
        cursor.execute(f"select {COLUMNS} from earning_importrow where {where} order by party, line", [tenant_id, job_id, list(values)])
        return [ImportRow(*row) for row in cursor.fetchall()]

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connections

from loyalty.projections.projection import PROJECTIONS
from tests.kernel import toy


@pytest.fixture(scope="module", autouse=True)
def toy_tables(own_log_of_module: None) -> None:
    """Each file has a log of its own: its projections are made anew again and again."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(toy.TABLES)


@pytest.fixture
def rows():
    def read(table: str, tenant_id: int) -> list[tuple[UUID, int]]:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"select * from {table} where tenant_id = %s order by id", [tenant_id])
            return [row[1:] for row in cursor.fetchall()]

    return read


def toys() -> list[str]:
    return [n for n in PROJECTIONS if n.startswith("toy.")]

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connections

from loyalty.projections.projection import PROJECTIONS
from tests.kernel import toy


@pytest.fixture(scope="session", autouse=True)
def toy_tables(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("test_database")
    with connections["owner"].cursor() as cursor:
        cursor.execute("drop table if exists toy_jar, toy_total, toy_sum, toy_riddle, toy_room")
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

"""The toy administration is the administration while these tests run."""

from uuid import UUID

import pytest
from django.apps import AppConfig, apps
from django.db import connection, connections
from django.urls import clear_url_caches, set_urlconf

import tests.admin_kit.boxes
from loyalty.tenancy import reading
from tests.admin_kit.boxes import FENCE, TABLE, BoxRow
from tests.api.box import box_id


@pytest.fixture(scope="session")
def toy_table(test_database):
    with connections["owner"].cursor() as cursor:
        cursor.execute("select to_regclass('toy_boxrow')")
        if cursor.fetchone()[0] is None:
            cursor.execute(TABLE + FENCE)


@pytest.fixture(autouse=True)
def toy_site(settings, toy_table, monkeypatch):
    config = AppConfig("toy", tests.admin_kit.boxes)
    config.apps, config.models = apps, apps.all_models["toy"]
    monkeypatch.setitem(apps.app_configs, "toy", config)

    settings.ROOT_URLCONF = "tests.admin_kit.boxes"
    clear_url_caches()
    set_urlconf(None)
    yield
    clear_url_caches()


@pytest.fixture
def put_box():
    """`put_box(tenant, "blue", 3)`: a row of the read model."""

    def put(tenant, name, things=0):
        with reading(tenant.id):
            return BoxRow.objects.create(tenant_id=tenant.id, id=box_id(tenant.id, name), name=name, things=things)

    return put


def things_in(tenant, row_id: UUID) -> int:
    with reading(tenant.id), connection.cursor() as cursor:
        cursor.execute("select coalesce(sum((payload->>'things')::int), 0) from event.event where stream_id = %s", [row_id])
        return int(cursor.fetchone()[0])

"""What the administration lists, and what it must not."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin

from loyalty.admin.read_model import ReadModelAdmin


def test_everything_listed_belongs_to_the_tenant() -> None:
    assert [m._meta.label for m, listed in admin.site._registry.items() if not isinstance(listed, ReadModelAdmin)] == []


@pytest.mark.parametrize("path", ["django_celery_beat/periodictask/", "django_celery_beat/crontabschedule/add/", "auth/group/"])
def test_what_libraries_would_list_for_all_tenants_is_not_there(admin_site: Any, path: str) -> None:
    assert admin_site.get(f"/admin/{path}").status_code == 404

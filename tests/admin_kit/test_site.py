"""What the administration lists, and what it must not."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin

from loyalty.admin.read_model import ReadModelAdmin


def test_everything_listed_belongs_to_the_tenant() -> None:
    assert [m._meta.label for m, listed in admin.site._registry.items() if not isinstance(listed, ReadModelAdmin)] == []


def test_nothing_is_added_changed_or_deleted_but_by_a_command() -> None:
    """Not even by somebody who has every right: the request is not asked."""
    nobody: Any = None
    open_to = [
        m._meta.label
        for m, listed in admin.site._registry.items()
        if listed.actions is not None
        or any(may(nobody) for may in (listed.has_add_permission, listed.has_change_permission, listed.has_delete_permission))
    ]
    assert open_to == []


@pytest.mark.parametrize("path", ["django_celery_beat/periodictask/", "django_celery_beat/crontabschedule/add/", "auth/group/"])
def test_what_libraries_would_list_for_all_tenants_is_not_there(admin_site: Any, path: str) -> None:
    assert admin_site.get(f"/admin/{path}").status_code == 404

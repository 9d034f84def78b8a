"""Writing long lists in the background: as whoever asked would see them, sealed until they are fetched, gone after a week."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from loyalty.admin.export import AT_ONCE, KIND, lines_of, list_page
from loyalty.imports.uploads import Keeping, forget
from loyalty.jobs.models import FILES, JobRun, name_files, name_kinds
from loyalty.jobs.periodic import periodic
from loyalty.jobs.slots import Run
from loyalty.jobs.tasks import job_task
from loyalty.jobs.work import Work
from loyalty.lookup import unseal
from loyalty.staff.models import User
from loyalty.staff.permissions import EXPORT
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id
from loyalty.tenancy.models import Tenant

KEPT = timedelta(days=7)
name_kinds({KIND: _("List as a file")})
name_files({KIND: EXPORT})


@job_task(KIND, may_go_on=lambda run: False)
def write_list(work: Work, *, model: str, query: str, language: str, user: str, **_told: Any) -> None:
    """Write the list of a model as it is narrowed by `query`, which is sealed, with what `user` may see."""
    tenant = tenant_of_id(work.tenant_id)
    shown: Any = admin.site._registry[apps.get_model(model)]
    with reading(tenant.id), translation.override(language):
        asked = unseal(b64decode(query), KIND, tenant.id).decode()
        request = _asked(tenant, User.objects.select_related("role").get(pk=UUID(user)), asked)
        columns, page = shown.export_columns(request), list_page(shown, request, shown.export_columns(request))
        total = shown.get_changelist_instance(request).queryset.order_by().count()
    work.expect(total)
    if begun := work.params.get("file"):
        forget(tenant.id, UUID(begun))
    file = Keeping(tenant.id, f"{model}.csv")
    _note_file(work, file.upload_id)
    for piece in lines_of(tenant, language, [str(column.title) for column in columns], page):
        file.add(piece)
        work.advance(min(AT_ONCE, max(total - work.done, 0)))
    file.close()


@periodic("lists.forget_files")
def forget_files_of_all(run: Run) -> int:
    """Delete files that nobody fetched for a week; answers with their number."""
    return forget_files(run.tenant_id)


def forget_files(tenant_id: int) -> int:
    """The same of one tenant."""
    with reading(tenant_id):
        wrote = JobRun.objects.filter(tenant_id=tenant_id, kind__in=[*FILES], params__has_key="file")
        old = list(wrote.filter(created_at__lt=timezone.now() - KEPT))
    for run in old:
        forget(tenant_id, UUID(run.params.pop("file")))
        with reading(tenant_id):
            run.save(update_fields=["params"])
    return len(old)


def _note_file(work: Work, upload_id: UUID) -> None:
    """Before anything stands in it: whoever is erased meanwhile must not stay in it, nor may it stay when the work is stopped."""
    with reading(work.tenant_id):
        JobRun.objects.filter(pk=work.run_id).update(params=work.params | {"file": str(upload_id)})


def _asked(tenant: Tenant, user: User, query: str) -> HttpRequest:
    """The request whose list is written."""
    request = HttpRequest()
    request.method, request.GET, request.user = "GET", QueryDict(query), user
    request.tenant = tenant  # type: ignore[attr-defined]
    return request

"""Lists as files: CSV in UTF-8 that Excel opens, written while it is read, a few hundred rows at a time.

Each page of rows is read in a transaction of its own, so that a long file holds nothing back and needs no more memory than a
short one. What begins like a formula is written as text.
"""

from __future__ import annotations

import csv
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from loyalty.jobs.work import begin
from loyalty.lookup import seal
from loyalty.staff.models import PrivilegedRead
from loyalty.staff.permissions import EXPORT, SEE_JOBS
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant

AT_ONCE = 200
KIND = "lists.export"
"""The kind of long work that writes a list."""
BYTE_ORDER_MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
Cell = str | int | Decimal | datetime | date | None
Row = Sequence[Cell]
Page = Callable[[Any], tuple[Sequence[Row], Any]]
"""Rows after a place (None: the first ones), and the place after them: None when there are no more."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its title, and what a row of the list has there."""

    title: Any
    cell: Callable[[Any], Cell]


def streamed(request: HttpRequest, what: str, name: str, titles: Sequence[Any], page: Page, subject: object = "") -> HttpResponseBase:
    """The file `name`; that it was taken is noted as `what`. `page` is asked in the tenant's transaction, in the reader's language.

    Raises PermissionDenied for who may not take lists away.
    """
    user: Any = request.user
    if not user.has_perm(EXPORT):
        raise PermissionDenied
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    PrivilegedRead.note(user.principal, f"{EXPORT}:{what}", subject)
    lines = lines_of(tenant, translation.get_language() or "", [str(title) for title in titles], page)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "private, no-store"}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def lines_of(tenant: Tenant, language: str, titles: Sequence[str], page: Page) -> Iterator[bytes]:
    yield (BYTE_ORDER_MARK + _written([titles], tenant.zone)).encode()
    place: Any = None
    while True:
        with reading(tenant.id), translation.override(language), timezone.override(tenant.zone):
            rows, place = page(place)
            text = _written(rows, tenant.zone)
        yield text.encode()
        if place is None:
            return


def _written(rows: Sequence[Row], zone: ZoneInfo) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_cell(cell, zone) for cell in row] for row in rows)
    return out.getvalue()


def _cell(cell: Cell, zone: ZoneInfo) -> str | int | Decimal:
    """Numbers stay numbers; times are those of the zone; text that a spreadsheet would carry out is quoted."""
    if isinstance(cell, datetime):
        return cell.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, int | Decimal):
        return cell
    text = (cell or "").replace("\0", "")
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


def list_page(admin: Any, request: HttpRequest, columns: Sequence[Column]) -> Page:
    """The pages of what the list shows for the request, filtered and found, in the order of its key."""
    wanted = admin.get_changelist_instance(request).queryset.order_by("pk")

    def page(after: Any) -> tuple[Sequence[Row], Any]:
        rows = list((wanted if after is None else wanted.filter(pk__gt=after))[:AT_ONCE])
        following = rows[-1].pk if len(rows) == AT_ONCE else None
        rows = admin.listed(request, rows) if after is None else rows
        admin.complete(request, rows)
        return [[column.cell(row) for column in columns] for row in rows], following

    return page


def is_long(admin: Any, request: HttpRequest) -> bool:
    """Whether so much is asked for that it is written in the background."""
    wanted = admin.get_changelist_instance(request).queryset.order_by()
    return bool(len(wanted.values("pk")[: admin.streamed_at_most + 1]) > admin.streamed_at_most)


def begin_file(admin: Any, request: HttpRequest) -> str:
    """Let a list be written as it is narrowed, and answer with the page that shows how far it is. That it is taken is noted."""
    from loyalty.files.tasks import write_list

    user: Any = request.user
    PrivilegedRead.note(user.principal, f"{EXPORT}:{admin.opts.label_lower}")
    title = str(admin.opts.verbose_name_plural).capitalize()
    tenant_id, actor = request.tenant.id, user.principal.actor  # type: ignore[attr-defined]
    query = b64encode(seal(request.GET.urlencode().encode(), KIND, tenant_id)).decode()  # it may hold a name that was typed
    asked = {"model": admin.opts.label_lower, "query": query, "language": translation.get_language() or ""}
    run_id: UUID = begin(tenant_id, KIND, title, actor, user=str(user.pk), **asked)
    transaction.on_commit(lambda: write_list.delay(tenant_id, str(run_id)))
    return reverse("admin:jobs_jobrun_change", args=[run_id])


def exported_list(admin: Any, request: HttpRequest) -> HttpResponseBase:
    """The file of a list, for who may see it."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    columns: Sequence[Column] = admin.export_columns(request)
    if not columns:
        raise Http404
    try:
        if request.user.has_perm(EXPORT) and request.user.has_perm(SEE_JOBS) and is_long(admin, request):
            return HttpResponseRedirect(begin_file(admin, request))
        page = list_page(admin, request, columns)
    except IncorrectLookupParameters:
        return HttpResponseRedirect("../")
    return streamed(request, admin.opts.label_lower, admin.opts.model_name, [column.title for column in columns], page)

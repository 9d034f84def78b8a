"""Long work in the administration: how far it is, a way to stop it, its report."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from loyalty.admin import navigation
from loyalty.admin.forms import CommandForm
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.domain.errors import DomainError
from loyalty.imports import uploads
from loyalty.jobs import tasks, work
from loyalty.jobs.models import FIELDS, FILES, JobRun, ReportLine
from loyalty.messages.kept import Kept, said
from loyalty.staff.forms import PlainForm
from loyalty.staff.models import PrivilegedRead
from loyalty.staff.permissions import CANCEL_JOBS, EXPORT, SEE_JOBS
from loyalty.tenancy import reading

PER_ROUND = 5000
NEXT = """select number, outcome, code, detail, problems from jobs_reportline
where tenant_id = %s and run_id = %s and (number, outcome, code) > (%s, %s, %s) order by number, outcome, code limit %s"""


class StopForm(PlainForm):
    title = _("Stop")
    submit = _("Stop")
    explanation = _("It stops after the rows that it is working on. What is done stays done.")
    permission = CANCEL_JOBS
    done = _("%(subject)s was asked to stop.")
    dangerous = True

    @classmethod
    def offered(cls, subject: JobRun) -> bool:
        return not subject.is_finished and not subject.cancel_requested

    def save(self) -> None:
        work.ask_to_stop(self.tenant.id, self.subject.pk)


class GoOnForm(PlainForm):
    title = _("Resume")
    submit = _("Resume")
    explanation = _("It goes on with the rows that are left.")
    permission = CANCEL_JOBS
    done = _("%(subject)s goes on.")
    icon = "resume"

    @classmethod
    def offered(cls, subject: JobRun) -> bool:
        return tasks.may_go_on(subject)

    def carry_out(self) -> bool:
        return tasks.go_on(self.subject)

    def confirm(self, result: bool) -> str:
        return super().confirm(result) if result else str(_("It is at work already."))


@admin.register(JobRun)
class JobRunAdmin(ReadModelAdmin):
    permission = SEE_JOBS
    list_display = ("title", "kind_in_words", "state", "percent", "created_at", "finished_at")
    figures = ("percent",)
    empty = _("Imports and other work that takes a while stand here, with their progress and report.")
    list_filter = ("state",)
    ordering = ("-created_at",)
    fields = ("title", "kind_in_words", "created_at", "started_at", "finished_at")
    commands = {}
    object_commands = {"resume": GoOnForm, "stop": StopForm}
    change_form_template = "admin_kit/job.html"

    @admin.display(description=_("Kind"), ordering="kind")
    def kind_in_words(self, run: JobRun) -> str:
        return str(run.kind_shown)

    @admin.display(description=_("Progress"))
    def percent(self, run: JobRun) -> str:
        return "–" if run.percent is None else f"{run.percent} %"

    def streams(self, row: Any) -> Sequence[UUID]:
        return []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return [*super().get_readonly_fields(request, obj), "kind_in_words"]

    def get_urls(self) -> list[URLPattern]:
        own = [("progress", self.progress_view), ("report.csv", self.report_view), ("file.csv", self.file_view)]
        return [
            *(
                path(f"<path:object_id>/{end}", self.admin_site.admin_view(view), name=f"jobs_jobrun_{end.partition('.')[0]}")
                for end, view in own
            ),
            *super().get_urls(),
        ]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        run = self.row(request, object_id) if object_id else None
        more = {"run": run, "lines": [_read(line, run.kind) for line in self._lines(run)[:20]] if run else []}
        return super().changeform_view(request, object_id, form_url, more | (extra_context or {}))

    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The bar alone, for the page that asks every second; a run that has ended wants the page anew, with report and buttons."""
        run = self._run(request, object_id)
        answer = render(request, "admin_kit/job_progress.html", {"run": run})
        if run.is_finished:
            answer.headers["HX-Refresh"] = "true"
        return answer

    def report_view(self, request: HttpRequest, object_id: str) -> StreamingHttpResponse:
        """The whole report as CSV, read piece by piece."""
        run = self._run(request, object_id)
        return StreamingHttpResponse(
            csv_of(run, get_language() or settings.LANGUAGE_CODE),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="report-{run.pk}.csv"'},
        )

    def file_view(self, request: HttpRequest, object_id: str) -> StreamingHttpResponse:
        """The file that it wrote, for whoever asked for it: others may see less of it."""
        run = self._run(request, object_id)
        user: Any = request.user
        if not user.has_perm(FILES.get(run.kind, EXPORT)) or run.actor != user.principal.actor:
            raise PermissionDenied
        if "file" not in run.params or run.state != JobRun.State.DONE:
            raise Http404
        try:
            file = uploads.kept(run.tenant_id, UUID(run.params["file"]))
        except DomainError:
            raise Http404 from None
        PrivilegedRead.note(user.principal, FILES.get(run.kind, EXPORT), run.pk)
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "private, no-store"}
        return StreamingHttpResponse(file.open(), content_type="text/csv; charset=utf-8", headers=headers)

    def _run(self, request: HttpRequest, object_id: str) -> JobRun:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run: JobRun | None = self.row(request, object_id)
        if run is None:
            raise Http404
        return run

    @staticmethod
    def _lines(run: JobRun) -> Any:
        return ReportLine.objects.filter(tenant_id=run.tenant_id, run_id=run.pk).order_by("number", "outcome", "code")


def offer(begin: dict[str, type[CommandForm]], complete: dict[str, type[CommandForm]]) -> None:
    """Add pages that begin long work, and pages that complete a run that waits, by the last part of their addresses."""
    JobRunAdmin.commands = JobRunAdmin.commands | begin
    JobRunAdmin.object_commands = complete | JobRunAdmin.object_commands


def _read(line: Any, kind: str) -> Any:
    """The line with what it says in the reader's language."""
    line.said = said(line.problems, FIELDS.get(kind, {})) or line.detail
    return line


class _Echo:
    """A file for `csv` that hands each line straight on."""

    def write(self, line: str) -> str:
        return line


def csv_of(run: JobRun, language: str) -> Iterator[str]:
    """Lines of CSV, with the mark that makes spreadsheets read UTF-8. Each piece is a transaction of its own."""
    tenant_id, run_id, labels = run.tenant_id, run.pk, FIELDS.get(run.kind, {})
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(["row", "outcome", "code", "detail"])
    after: tuple[int, str, str] = (-1, "", "")
    while True:
        with reading(tenant_id):
            lines = _after(tenant_id, run_id, after)
        for number, outcome, code, detail, problems in lines:
            with override(language):
                told = said(problems, labels) or detail
            yield writer.writerow([number, outcome, code, harmless(told)])
        if len(lines) < PER_ROUND:
            return
        after = lines[-1][:3]


def _after(tenant_id: int, run_id: UUID, after: tuple[int, str, str]) -> list[tuple[int, str, str, str, list[Kept]]]:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [tenant_id, run_id, *after, PER_ROUND])
        rows = cursor.fetchall()
    return [(number, outcome, code, detail, orjson.loads(problems)) for number, outcome, code, detail, problems in rows]


def harmless(text: str) -> str:
    """A spreadsheet must not take what somebody typed for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


navigation.register(_("Organization"), _("Long-running work"), "admin:jobs_jobrun_changelist", SEE_JOBS, icon="hourglass_top", order=90)

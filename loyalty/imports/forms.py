"""The two pages of an import: the file, and what its columns hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from loyalty.admin.forms import CommandForm, dressed
from loyalty.domain.errors import DomainError
from loyalty.imports import uploads
from loyalty.imports.columns import LeftOut, guessed, left_out
from loyalty.imports.csv_file import ENCODINGS, CsvFile, UnreadableFile
from loyalty.imports.importer import Importer
from loyalty.imports.times import TIME_FORMATS, example, written_as
from loyalty.jobs.models import JobRun
from loyalty.jobs.tasks import go_on
from loyalty.jobs.work import Work, begin
from loyalty.messages.refusals import message
from loyalty.tenancy import reading

TRIED = 200
SHOWN = 3
LONGEST_SHOWN = 24
LOOKED_THROUGH = 50_000
"""Rows in which the form of dates is looked for, while somebody waits for the page."""


class UploadForm(CommandForm):
    """Send a file. A context says its `kind` of job, and where its next page is."""

    kind: ClassVar[str]
    columns_page: ClassVar[str]
    submit = _("Go on")
    explanation = _("The first line of the file names the columns. On the next page you say what they hold.")
    done = _("The file is here. Say what its columns hold.")
    icon = "upload_file"

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, plain or packed with gzip, at most 64 MB. It is deleted as soon as it was taken in."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.gz,text/csv,application/gzip"}),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("Found by itself")), *((name, name.upper()) for name in ENCODINGS)],
        help_text=_("Only needed where letters come out wrong."),
    )

    def params(self) -> dict[str, Any]:
        """What else the run must know, as JSON."""
        return {}

    def prepare(self) -> None:
        """Nothing to prepare: the file is kept in a transaction of its own."""

    def carry_out(self) -> UUID:
        given, encoding = self.cleaned_data["file"], self.cleaned_data["encoding"]
        if given.size > uploads.LARGEST:
            raise DomainError("imports.file_too_large", field="file", most=uploads.LARGEST // 2**20)
        stored = uploads.keep(self.tenant.id, given.name, given.chunks())
        try:
            CsvFile(stored, encoding or None, uploads.LARGEST_UNPACKED).header()
        except UnreadableFile:
            uploads.forget(self.tenant.id, stored.upload_id)
            raise
        told = {"upload": str(stored.upload_id), "encoding": encoding, "language": get_language()}
        return begin(self.tenant.id, self.kind, stored.name, self.principal.actor, **told, **self.params())

    def next_url(self, result: UUID) -> str:
        return reverse(f"admin:jobs_jobrun_{self.columns_page}", args=[result])


class ColumnsForm(CommandForm):
    """What the columns of a sent file hold. A context says which `fields` there are, in groups, and how it takes rows in."""

    kind: ClassVar[str]
    known: ClassVar[Mapping[str, Sequence[str]]]
    """The words by which each field goes."""
    labels: ClassVar[Mapping[str, Any]]
    """The fields as people read them, in the order of the page."""
    times: ClassVar[Sequence[str]] = ()
    """Those of the fields that hold days or times."""
    options: ClassVar[Sequence[str]] = ("time_format",)
    template = "admin_kit/columns.html"
    title = _("Choose columns")
    submit = _("Start")
    done = _("The import of %(subject)s is under way.")
    icon = "view_column"

    time_format = forms.ChoiceField(
        label=_("Dates and times are written as"),
        required=False,
        choices=[(form, example(form)) for form in ("", *TIME_FORMATS)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = uploads.kept(self.tenant.id, UUID(self.subject.params["upload"]))
        self.csv = CsvFile(stored, self.subject.params["encoding"] or None, uploads.LARGEST_UNPACKED)
        header = self.csv.header()
        choices, guess = self._columns(header), guessed(header, self.known)
        for name, label in self.labels.items():
            field = forms.ChoiceField(label=label, required=False, choices=choices, initial=guess.get(name))
            field.widget = dressed(field)
            self.fields[name] = field
        self.sections = [(_("Columns"), list(self.labels))]  # type: ignore[misc]
        if self.options:
            self.sections.append((_("How it is written"), list(self.options)))
        else:
            del self.fields["time_format"]
        self.unused = self._unused(left_out(header, guess, self.known))
        self._find_time_format(guess)

    def importer(self, work: Work, params: Mapping[str, Any]) -> Importer[Any]:
        """What will take the file in."""
        raise NotImplementedError

    @classmethod
    def offered(cls, subject: JobRun) -> bool:
        return subject.kind == cls.kind and subject.state == JobRun.State.WAITING and "mapping" not in subject.params

    def _columns(self, header: Sequence[str]) -> list[tuple[str, Any]]:
        """The columns of the file, each with what its first rows hold."""
        rows = [row.cells for row in islice(self.csv.rows(), SHOWN)]
        choices: list[tuple[str, Any]] = [("", _("Not in the file"))]
        for place, name in enumerate(header):
            seen = ", ".join(dict.fromkeys(cells[place][:LONGEST_SHOWN] for cells in rows if place < len(cells) and cells[place]))
            choices += [(name, f"{name}: {seen}" if seen else name)] if name else []
        return choices

    def _unused(self, columns: Sequence[LeftOut]) -> list[str]:
        """The columns of the file that were taken for nothing, in words, before anything is chosen."""
        alike = _("%(column)s (looks like: %(field)s)")
        return [alike % {"column": c.column, "field": self.labels[c.looks_like]} if c.looks_like else c.column for c in columns]

    def _find_time_format(self, mapping: Mapping[str, str]) -> None:
        if self.times:
            with suppress(UnreadableFile):  # in two ways: whoever sends the page must choose
                self.initial.setdefault("time_format", self._written_as(mapping))

    def _written_as(self, mapping: Mapping[str, str]) -> str:
        return written_as(self.csv, [mapping[field] for field in self.times if field in mapping], LOOKED_THROUGH)

    def params(self) -> dict[str, Any]:
        """Everything that the run is told beside what the first page told it."""
        mapping = {name: self.cleaned_data[name] for name in self.labels if self.cleaned_data.get(name)}
        return {"mapping": mapping} | {name: self.cleaned_data[name] for name in self.options}

    def prepare(self) -> None:
        """Try the first rows: whoever chose wrong columns hears of it here, not in a report of refusals."""
        self.told = {**self.subject.params, **self.params()}
        if self.times and not self.told["time_format"]:
            self._written_as(self.told["mapping"])
        importer = self.importer(Work(self.tenant.id, self.subject.pk, 0, self.told, self.principal.actor), self.told)
        understood, problems = importer.tried(self.csv, TRIED)
        if problems and not understood:
            line, problem = problems[0]
            field = problem.field if problem.field in self.fields else None
            self.add_error(field, _("No row can be read. Line %(line)s: %(reason)s") % {"line": line, "reason": message(problem)})

    def carry_out(self) -> JobRun:
        with reading(self.tenant.id):
            run = JobRun.objects.select_for_update().get(tenant_id=self.tenant.id, pk=self.subject.pk)
            if not self.offered(run):
                raise DomainError("command.applied")
            run.params = self.told
            run.save(update_fields=["params"])
        go_on(run)
        return run

    def next_url(self, result: JobRun) -> str:
        return reverse("admin:jobs_jobrun_change", args=[result.pk])

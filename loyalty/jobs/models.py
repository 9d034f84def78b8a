"""Runs of long work and their reports. Plain tables: how far something is, is no fact of the business."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty.domain.identity import new_id
from loyalty.jobs.wording import how_far

SILENT = timedelta(seconds=settings.JOB_SILENT_SECONDS)
"""A run that says nothing for so long was killed: it may be taken up again."""


NAMES: dict[str, Any] = {}
COUNTS: dict[str, Any] = {}
OUTCOMES: dict[str, Any] = {"refused": _("Refused"), "skipped": _("Skipped")}


FIELDS: dict[str, Mapping[str, Any]] = {}
"""By kind of work."""


FILES: dict[str, str] = {}
"""Kinds of work that write a file for whoever asked, and the permission with which it is fetched."""


def name_kinds(names: Mapping[str, Any]) -> None:
    """How people read the kinds of work: `name_kinds({"earning.import_purchases": _("Import of purchases")})`."""
    NAMES.update(names)


def name_counts(names: Mapping[str, Any]) -> None:
    """How people read the counts of a result: `name_counts({"purchases": _("purchases")})`."""
    COUNTS.update(names)


def name_files(permissions: Mapping[str, str]) -> None:
    """Which kinds of work write a file for whoever asked, and with which permission it is fetched: `name_files({"lists.export": EXPORT})`.
    It is gone after a week.
    """
    FILES.update(permissions)


def name_fields(kind: str, labels: Mapping[str, Any]) -> None:
    """How people read the fields that reports of a kind of work name: `name_fields("earning.import_purchases", LABELS)`."""
    FIELDS[kind] = labels


def name_outcomes(names: Mapping[str, Any]) -> None:
    """How people read the outcomes in a report."""
    OUTCOMES.update(names)


class JobRun(models.Model):
    """One run: what it does, for whom, how far it is and how it ended."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Stopped")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.IntegerField()
    kind = models.CharField(_("kind"), max_length=100)
    title = models.CharField(_("title"), max_length=200)
    actor = models.CharField(_("begun by"), max_length=60)
    params = models.JSONField(_("parameters"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    done = models.BigIntegerField(_("done"), default=0)
    total = models.BigIntegerField(_("of"), null=True)
    summary = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True, default="")
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    started_done = models.BigIntegerField(default=0)
    heard_at = models.DateTimeField(_("last heard of"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    cancel_requested = models.BooleanField(_("asked to stop"), default=False)

    objects: ClassVar[models.Manager[JobRun]] = models.Manager()

    class Meta:
        verbose_name = _("long-running work")
        verbose_name_plural = _("long-running work")
        indexes = [models.Index(fields=["tenant_id", "-created_at"], name="jobs_jobrun_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_shown(self) -> Any:
        """The kind in words."""
        return NAMES.get(self.kind, self.kind)

    @property
    def is_finished(self) -> bool:
        return self.state in {self.State.DONE, self.State.CANCELLED, self.State.FAILED}

    @property
    def is_silent(self) -> bool:
        """Running by its own word, but not heard of for a while."""
        return self.state == self.State.RUNNING and self.heard_at is not None and timezone.now() - self.heard_at > SILENT

    @property
    def counts(self) -> list[tuple[Any, int]]:
        """The result so far, in words; in the order in which the counts were named."""
        order = {name: place for place, name in enumerate(COUNTS)}
        names = sorted(self.summary, key=lambda name: order.get(name, len(order)))
        return [(COUNTS.get(name, name), self.summary[name]) for name in names]

    @property
    def how_far(self) -> str:
        """How far it is, in words."""
        return how_far(self)

    @property
    def percent(self) -> int | None:
        """0–100; None while the total is unknown."""
        return None if not self.total else min(100, self.done * 100 // self.total)

    @property
    def seconds(self) -> float:
        """How long the present run has been working."""
        until: datetime = self.finished_at or self.heard_at or timezone.now()
        return max((until - self.started_at).total_seconds(), 0.0) if self.started_at else 0.0

    @property
    def rate(self) -> int | None:
        """Rows each second since it was last taken up."""
        return round((self.done - self.started_done) / self.seconds) if self.seconds >= 0.5 else None

    @property
    def remaining(self) -> timedelta | None:
        """How long it will still take at this rate."""
        if not self.rate or self.total is None or self.is_finished:
            return None
        return timedelta(seconds=round(max(self.total - self.done, 0) / self.rate))


class ReportLine(models.Model):
    """What became of one row of the input, where there is something to say.

    `detail` says it in the language of whoever began the run; where `problems` say it, it is read in that of the reader.
    """

    pk = models.CompositePrimaryKey("tenant_id", "run_id", "number", "outcome", "code")
    tenant_id = models.IntegerField()
    run_id = models.UUIDField()
    number = models.BigIntegerField()
    outcome = models.CharField(max_length=20)
    code = models.CharField(max_length=100, default="")
    detail = models.TextField(default="")
    problems = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))

    objects: ClassVar[models.Manager[ReportLine]] = models.Manager()

    @property
    def outcome_shown(self) -> Any:
        """The outcome in words."""
        return OUTCOMES.get(self.outcome, self.outcome)


class Slot(models.Model):
    """How far a job by the clock is for a tenant: the newest slot that was claimed, by which run, and whether it is done."""

    pk = models.CompositePrimaryKey("tenant_id", "job")
    tenant_id = models.IntegerField()
    job = models.CharField(max_length=100)
    slot_at = models.DateTimeField()
    run_id = models.UUIDField()
    leased_until = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


def in_words(state: str) -> Any:
    """The label of a state."""
    return JobRun.State(state).label

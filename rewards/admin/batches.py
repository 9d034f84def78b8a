"""Batches of codes: how many there are, what became of them, and how far those are that are being made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.admin import navigation, related
from loyalty.admin.changes import NONE
from loyalty.admin.facts import actor_title
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.house import formats
from loyalty.house.templatetags.house import language
from loyalty.jobs.admin import offer
from loyalty.staff.actors import actors
from loyalty.staff.permissions import SEE_JOBS
from loyalty.tenancy.middleware import tenant_of_id
from rewards.admin.coupon_filters import RewardFilter
from rewards.admin.names import reward_names
from rewards.forms.batches import ExportBatchForm, WithdrawBatchForm
from rewards.forms.uploads import CodeColumnsForm, ListedColumnsForm
from rewards.kinds import SOURCE_TITLES
from rewards.models import CodeBatch, Reward
from rewards.permissions import SEE_REWARDS
from rewards.queries import batch_numbers, batch_runs

LIST = "admin:rewards_codebatch_changelist"
FIELDS = (
    "reward", "source_told", "prefix_told", "state_told", "progress", "codes_told", "issued_told", "used_told", "left_told", "begun",
    "begun_told", "exported", "withdrawn",
)  # fmt: skip
LABELS = {"making": "info", "open": "success", "withdrawn": "danger"}


@admin.register(CodeBatch)
class CodeBatchAdmin(ReadModelAdmin):
    """All batches, the latest first."""

    permission = SEE_REWARDS
    list_display = ("begun", "reward", "source_told", "state_shown", "progress", "issued_told", "used_told", "left_told")
    figures = ("progress", "issued_told", "used_told", "left_told")
    unbroken = ("begun", "state_shown", "progress")
    list_filter = ("state", RewardFilter)
    ordering = ("-begun_at", "-id")
    empty = _("Codes are added on the page of a reward whose codes are taken from stock.")
    fieldsets = ((_("Batch of codes"), {"fields": FIELDS}),)
    object_commands = {"export-codes": ExportBatchForm, "withdraw": WithdrawBatchForm}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        numbers = batch_numbers(row.id for row in rows)
        runs = batch_runs(row.id for row in rows) if rows else {}
        names = reward_names(request, {row.reward_id for row in rows})
        known = actors(actor for row in rows for actor in (row.begun_by, row.exported_by) if actor)
        for row in rows:
            row.called, row.run = names.get(row.reward_id, NONE), runs.get(row.id)
            row.issued, row.used = numbers[row.id]
            row.who = {actor: known.get(actor) or actor_title(actor) for actor in (row.begun_by, row.exported_by) if actor}
            row.links = request.user.has_perm(SEE_JOBS)

    @display(description=pgettext_lazy("date", "Begun"), ordering="begun_at")
    def begun(self, row: CodeBatch) -> str:
        return _moment(row, "begun_at")

    @display(description=_("Reward"))
    def reward(self, row: CodeBatch) -> str:
        return row.called

    @display(description=_("Where the codes come from"))
    def source_told(self, row: CodeBatch) -> str:
        return str(SOURCE_TITLES[row.source])

    @display(description=_("Prefix of codes"))
    def prefix_told(self, row: CodeBatch) -> str:
        return row.prefix or NONE

    @display(description=_("State"), label=LABELS)
    def state_shown(self, row: CodeBatch) -> tuple[str, str]:
        return row.state, self.state_told(row)

    @display(description=_("State"))
    def state_told(self, row: CodeBatch) -> str:
        return str(CodeBatch.State(row.state).label)

    @display(description=_("Codes"), ordering="codes")
    def progress(self, row: Any) -> str:
        """How many there are, or how far they are made, with the way to the work."""
        if row.codes is not None or row.run is None:
            return _number(row.codes)
        done = f"{_number(row.run.done)} / {_number(row.wanted)}" if row.wanted else _number(row.run.done)
        at = reverse("admin:jobs_jobrun_change", args=[row.run.pk])
        return format_html('<a href="{}" class="underline">{}</a>', at, done) if row.links else done

    @display(description=_("Codes wanted"))
    def codes_told(self, row: CodeBatch) -> str:
        return _number(row.wanted)

    @display(description=pgettext_lazy("coupons", "Issued"))
    def issued_told(self, row: CodeBatch) -> str:
        return _number(row.issued)

    @display(description=_("Used"))
    def used_told(self, row: CodeBatch) -> str:
        return _number(row.used)

    @display(description=_("Left"))
    def left_told(self, row: CodeBatch) -> str:
        return _number(row.left)

    @display(description=_("Begun by"))
    def begun_told(self, row: Any) -> str:
        return str(row.who[row.begun_by])

    @display(description=pgettext_lazy("date", "Exported"))
    def exported(self, row: Any) -> str:
        return f"{_moment(row, 'exported_at')} · {row.who[row.exported_by]}" if row.exported_at else NONE

    @display(description=pgettext_lazy("date", "Withdrawn"))
    def withdrawn(self, row: CodeBatch) -> str:
        return _moment(row, "withdrawn_at")


def _number(number: int | None) -> str:
    return NONE if number is None else formats.number(number, language())


def _moment(row: CodeBatch, field: str) -> str:
    at = getattr(row, field)
    return formats.day_and_clock(at, tenant_of_id(row.tenant_id).zone, language()) if at else NONE


def _of_reward(row: Reward) -> related.Link | None:
    count = CodeBatch.objects.filter(tenant_id=row.tenant_id, reward_id=row.id).count()
    said = gettext("Batches of codes: %(count)s") % {"count": _number(count)}
    return related.Link(f"{reverse(LIST)}?reward={row.id}", said) if count else None


related.register("rewards.reward", _of_reward, SEE_REWARDS, icon="qr_code_2", order=12)
navigation.register(_("Rewards"), _("Batches of codes"), LIST, SEE_REWARDS, icon="qr_code_2", order=42)
offer({}, {"code-columns": CodeColumnsForm, "listed-columns": ListedColumnsForm})

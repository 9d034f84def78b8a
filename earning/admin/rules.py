"""Earning rules: what each does, in which versions, and putting them in and out of force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from earning import queries
from earning.admin import shown, tables
from earning.admin.exporting import of_shown, of_wallet
from earning.admin.filters import KindFilter, StandingFilter, WalletFilter, named_like
from earning.admin.rule_history import steps
from earning.admin.rule_trial import TryRuleForm
from earning.forms.rules import ADD, EDIT, STATES
from earning.kinds import KINDS
from earning.kinds.enough import used_sentence
from earning.kinds.words import until
from earning.models import Rule
from earning.permissions import EDIT_RULES, SEE_RULES
from earning.queries.rules import scope_of, terms_of
from earning.wording import but_sentence, sentence_of, warning_sentence, when_sentence, whenever
from loyalty.admin import navigation
from loyalty.admin.export import Column
from loyalty.admin.facts import actor_title
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.staff.actors import actors
from loyalty.tenancy.middleware import tenant_of_id

FIELDS = ("name", "photo_shown", "kind_shown", "sentence", "when", "but", "used", "state_told", "since", "until", "version", "changed")


@admin.register(Rule)
class RuleAdmin(ReadModelAdmin):
    """All earning rules."""

    permission = SEE_RULES
    list_display = ("called", "sentence", "state_shown", "since", "version")
    figures = ("version",)
    unbroken = ("since", "state_shown")
    empty = _("Without a rule in force no purchase brings points. Add one, then activate it.")
    list_filter = (StandingFilter, KindFilter, WalletFilter)
    ordering = ("state", "name", "id")
    commands = ADD
    object_commands = {**EDIT, "try": TryRuleForm, **STATES}
    change_form_template = "earning/admin/rule.html"

    def find(self, request: HttpRequest, text: str) -> Sequence[Any]:
        """By what staff call them, and customers in any language; as people type it, without accents."""
        named = Rule.objects.filter(tenant_id=request.tenant.id).values_list("id", "name", "texts")  # type: ignore[attr-defined]
        return named_like(text, ((key, [name, *(said["name"] for said in texts)]) for key, name, texts in named))

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            Column(_("Name"), lambda row: row.name),
            *of_shown(self, ("kind_shown", "sentence", "when", "but", "state_told")),
            *of_wallet(),
            Column(_("Since"), lambda row: row.effective_at),
            Column(_("Ends"), lambda row: row.ends_at),
            Column(_("Version"), lambda row: row.version),
            Column(_("Changed"), lambda row: row.changed_at),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A photo, and what all customers share of its limits, are shown where it has such."""
        shared = obj is not None and any(one.whose == "all" for one in scope_of(obj.scope).limits)
        left_out = {name for name, there in (("used", shared), ("photo_shown", obj is None or obj.photo)) if not there}
        return ((_("Earning rule"), {"fields": [name for name in FIELDS if name not in left_out]}),)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.row(request, object_id) if object_id else None
        more = {} if row is None else self._more(request, row)
        return super().changeform_view(request, object_id, form_url, more | (extra_context or {}))

    def _more(self, request: HttpRequest, row: Rule) -> dict[str, Any]:
        """The tables of a rule's page, and the panel that tries it."""
        user: Any = request.user
        tenant = tenant_of_id(row.tenant_id)
        may_try = user.has_perm(TryRuleForm.permission) and TryRuleForm.offered(row)
        trying = TryRuleForm(tenant=tenant, principal=user.principal, subject=row) if may_try else None
        return {
            "warnings": [warning_sentence(one) for one in queries.warnings(row.id)],
            "versions": _versions(row),
            "steps": steps(row),
            "trying": trying,
            "try_at": reverse(self.name_of("try"), args=[row.pk]),
        }

    @display(description=_("Name"), ordering="name")
    def called(self, row: Rule) -> str:
        return shown.beside_photo(row.photo, row.name)

    @display(description=_("Photo"))
    def photo_shown(self, row: Rule) -> str:
        return shown.photo(row.photo, large=True)

    @display(description=_("What it does"))
    def sentence(self, row: Rule) -> str:
        return sentence_of(terms_of(row.terms), shown.unit_of(row))

    @display(description=_("Kind"))
    def kind_shown(self, row: Rule) -> str:
        return str(KINDS[row.kind].title)

    @display(description=pgettext_lazy("rule", "When"))
    def when(self, row: Rule) -> str:
        return when_sentence(scope_of(row.scope), tenant_of_id(row.tenant_id).currency) or whenever(row.kind)

    @display(description=_("But"))
    def but(self, row: Rule) -> str:
        return but_sentence(scope_of(row.scope), shown.unit_of(row)) or shown.NOTHING

    @display(description=_("What is used of its limits"))
    def used(self, row: Rule) -> str:
        found = queries.limits_used(row.id, scope_of(row.scope), timezone.now())
        said = ((used_sentence(one.limit, one.used, one.again, shown.unit_of(row)),) for one in found)
        return format_html_join("", "<div>{}</div>", said)

    @display(
        description=_("State"),
        ordering="state",
        label={"draft": "info", "active": "success", "scheduled": "primary", "paused": "warning", "ended": "plain"},
    )
    def state_shown(self, row: Rule) -> tuple[str, str]:
        return row.standing, str(Rule.State(row.standing).label)

    @display(description=_("Since"), ordering="effective_at")
    def since(self, row: Rule) -> str:
        return shown.moment(row.effective_at, row.tenant_id)

    @display(description=_("State"))
    def state_told(self, row: Rule) -> str:
        return str(Rule.State(row.standing).label)

    @display(description=_("Ends"))
    def until(self, row: Rule) -> str:
        return until(row.ends_at, tenant_of_id(row.tenant_id).time_zone) if row.ends_at else shown.NOTHING

    @display(description=_("Changed"), ordering="changed_at")
    def changed(self, row: Rule) -> str:
        return shown.moment(row.changed_at, row.tenant_id)


def _versions(row: Rule) -> shown.Table:
    found = queries.rule_versions(row.id)
    known = actors(v.changed_by for v in found)
    names = {v.changed_by: known.get(v.changed_by) or actor_title(v.changed_by) for v in found}
    return tables.versions(found, names, row.tenant_id, shown.unit_of(row))


navigation.register(_("Earning"), _("Earning rules"), "admin:earning_rule_changelist", SEE_RULES, icon="rule", order=31)
navigation.register(_("Earning"), _("Add earning rule"), "admin:earning_rule_add-rule", EDIT_RULES, icon="add", order=32)

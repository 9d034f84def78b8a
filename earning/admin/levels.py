"""Level sets and their levels: what each asks for and brings; putting sets in and out of force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from earning import queries
from earning.admin import level_tables, shown
from earning.admin.exporting import of_shown
from earning.admin.filters import LevelSetFilter, named_like
from earning.domain.levels.level_set import EVER
from earning.domain.levels.terms import Level, LevelTerms
from earning.domain.levels.warnings import warnings_of
from earning.forms.levels.force import ActivateLevelSetForm, CountPastForm, DeactivateLevelSetForm
from earning.forms.levels.levels import AddLevelForm, EditLevelForm, RemoveLevelForm
from earning.forms.levels.rewards import SpecialRewardsForm
from earning.forms.levels.sets import AddLevelSetForm, EditLevelSetForm, StarterForm
from earning.level_warnings import warning_sentence
from earning.level_wording import MATCHES, asked_text, benefits_text, level_name, lost_sentence, qualifies_said, set_name
from earning.models import Level as LevelRow
from earning.models import LevelSet
from earning.permissions import EDIT_LEVELS, SEE_LEVELS
from loyalty.admin import navigation
from loyalty.admin.export import Column
from loyalty.admin.forms import CommandForm
from loyalty.admin.read_model import ReadModelAdmin

SET_FIELDS = ("name", "called", "described", "qualifies", "match", "lost", "state_said", "since", "past", "version")
LEVEL_FIELDS = ("called", "photo_shown", "code", "set_shown", "asked", "benefits", "days", "described")


@admin.register(LevelSet)
class LevelSetAdmin(ReadModelAdmin):
    """All level sets."""

    permission = SEE_LEVELS
    empty = _("Levels come in sets. Begin with a ready-made set and change what you like, or add your own.")
    list_display = ("called", "qualifies", "levels", "state_shown", "since")
    list_filter = ("state",)
    ordering = ("state", "name", "id")
    commands = {"starter": StarterForm, "add-set": AddLevelSetForm}
    object_commands = {
        "activate": ActivateLevelSetForm, "add-level": AddLevelForm, "edit": EditLevelSetForm, "count-past": CountPastForm,
        "deactivate": DeactivateLevelSetForm,
    }  # fmt: skip
    fieldsets = ((_("Level set"), {"fields": SET_FIELDS}),)
    change_form_template = "earning/admin/level_set.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return SET_FIELDS

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        for row in rows:
            row.title = set_name(_terms(row))

    def find(self, request: HttpRequest, text: str) -> Sequence[Any]:
        """By their names, and what their levels are called in any language."""
        named = LevelSet.objects.filter(tenant_id=request.tenant.id).values_list("id", "name", "terms")  # type: ignore[attr-defined]
        return named_like(text, ((key, [name, *_names(terms)]) for key, name, terms in named))

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            Column(_("Name"), lambda row: row.name),
            *of_shown(self, ("called",)),
            *of_shown(self, ("qualifies", "match", "levels", "lost", "state_said")),
            Column(_("Since"), lambda row: row.effective_at),
            *of_shown(self, ("past",)),
            Column(_("Version"), lambda row: row.version),
        ]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.row(request, object_id) if object_id else None
        more = {} if row is None else self._more(row)
        return super().changeform_view(request, object_id, form_url, more | (extra_context or {}))

    def _more(self, row: LevelSet) -> dict[str, Any]:
        warned = [warning_sentence(one) for one in warnings_of(_terms(row))]
        return {"levels": level_tables.levels(row), "versions": level_tables.versions(row), "warnings": warned}

    def _offered(self, request: HttpRequest, forms: dict[str, type[CommandForm]], row: Any = None) -> list[dict[str, Any]]:
        """Ready-made sets are offered as long as there is one that is not installed."""
        gone = row is None and not queries.starters_left()
        return super()._offered(request, {key: form for key, form in forms.items() if not (gone and form is StarterForm)}, row)

    @display(description=_("What customers read"), ordering="name")
    def called(self, row: LevelSet) -> str:
        return row.title

    @display(description=_("Description"))
    def described(self, row: LevelSet) -> str:
        return _terms(row).called(shown.language()).description or shown.NOTHING

    @display(description=_("What qualifies"))
    def qualifies(self, row: LevelSet) -> str:
        return ". ".join(qualifies_said(_terms(row)))

    @display(description=_("A level is reached when"))
    def match(self, row: LevelSet) -> str:
        return str(MATCHES[_terms(row).match])

    @display(description=_("When it is not earned any more"))
    def lost(self, row: LevelSet) -> str:
        return lost_sentence(_terms(row))

    @display(description=_("Levels"))
    def levels(self, row: LevelSet) -> str:
        return ", ".join(level_name(level) for level in _terms(row).levels) or shown.NOTHING

    @display(description=_("State"), ordering="state", label={"draft": "info", "active": "success", "paused": "warning"})
    def state_shown(self, row: LevelSet) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("State"))
    def state_said(self, row: LevelSet) -> str:
        return row.get_state_display()

    @display(description=_("Earlier purchases count"))
    def past(self, row: LevelSet) -> str:
        if row.past_since is None:
            return str(_("no"))
        return str(_("all")) if row.past_since <= EVER else str(_("since %(day)s")) % {"day": shown.moment(row.past_since, row.tenant_id)}

    @display(description=_("Since"), ordering="effective_at")
    def since(self, row: LevelSet) -> str:
        return shown.moment(row.effective_at, row.tenant_id)


@admin.register(LevelRow)
class LevelAdmin(ReadModelAdmin):
    """All levels of all sets, the lowest of each first."""

    permission = SEE_LEVELS
    empty = _("A level belongs to a set: add a level set first, then its levels.")
    list_display = ("called_in_list", "set_shown", "asked", "benefits", "code")
    ordering = ("set_id", "rank")
    list_filter = (LevelSetFilter,)
    object_commands = {"edit": EditLevelForm, "special-rewards": SpecialRewardsForm, "remove": RemoveLevelForm}
    fieldsets = ((_("Level"), {"fields": LEVEL_FIELDS}),)
    change_form_template = "earning/admin/level.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return LEVEL_FIELDS

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.row(request, object_id) if object_id else None
        more = {} if row is None else {"rewards": level_tables.special_rewards(row)}
        return super().changeform_view(request, object_id, form_url, more | (extra_context or {}))

    def find(self, request: HttpRequest, text: str) -> Sequence[Any]:
        """By their codes, and what they are called in any language."""
        named = LevelRow.objects.filter(tenant_id=request.tenant.id).values_list("id", "code", "terms")  # type: ignore[attr-defined]
        return named_like(text, ((key, [code, *(said["name"] for said in terms["texts"])]) for key, code, terms in named))

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            *of_shown(self, ("set_shown", "called")),
            Column(_("Code"), lambda row: row.code),
            *of_shown(self, ("asked", "benefits", "days", "described")),
        ]

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        known = {card.set_id: card.terms for card in queries.level_sets()}
        for row in rows:
            row.level, row.of = msgspec.convert(row.terms, Level), known[row.set_id]
            row.title = level_name(row.level)

    def streams(self, row: Any) -> Sequence[Any]:
        return [row.set_id]

    @display(description=_("Level"))
    def called(self, row: Any) -> str:
        return level_tables.level_mark(row.level)

    @display(description=_("Level"))
    def called_in_list(self, row: Any) -> str:
        return shown.beside_photo(row.level.photo, level_tables.level_mark(row.level))

    @display(description=_("Photo"))
    def photo_shown(self, row: Any) -> str:
        return shown.photo(row.level.photo, large=True)

    @display(description=_("Level set"))
    def set_shown(self, row: Any) -> str:
        return shown.linked("admin:earning_levelset_change", row.set_id, set_name(row.of))

    @display(description=_("What it asks for"))
    def asked(self, row: Any) -> str:
        return asked_text(row.level, row.of)

    @display(description=_("What it brings"))
    def benefits(self, row: Any) -> str:
        return benefits_text(row.level) or shown.NOTHING

    @display(description=_("Kept for so many days at least"))
    def days(self, row: Any) -> str:
        return str(row.level.minimum_days or shown.NOTHING)

    @display(description=_("Description"))
    def described(self, row: Any) -> str:
        return row.level.text(shown.language()).description or shown.NOTHING


def _names(terms: Mapping[str, Any]) -> list[str]:
    return [said["name"] for one in (terms, *terms["levels"]) for said in one.get("texts", ())]


def _terms(row: LevelSet) -> LevelTerms:
    return msgspec.convert(row.terms, LevelTerms)


navigation.register(_("Earning"), _("Levels"), "admin:earning_level_changelist", SEE_LEVELS, icon="military_tech", order=33)
navigation.register(_("Earning"), _("Level sets"), "admin:earning_levelset_changelist", SEE_LEVELS, icon="stairs", order=34)
navigation.register(_("Earning"), _("Ready-made levels"), "admin:earning_levelset_starter", EDIT_LEVELS, icon="auto_awesome", order=35)

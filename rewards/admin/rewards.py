"""Rewards: what each gives, to whom and at what price, in which versions, and letting it be had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from loyalty.admin import navigation
from loyalty.admin.changes import NONE
from loyalty.admin.export import Column
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.house import formats
from loyalty.house.templatetags.house import language
from loyalty.search.fold import fold
from rewards.admin import results, shown
from rewards.admin.filters import CategoryFilter, KindFilter, StateFilter
from rewards.domain.windows import ALWAYS
from rewards.forms.rewards import ADD, CHANGE
from rewards.kinds import KIND_TITLES
from rewards.models import Reward
from rewards.permissions import EDIT_REWARDS, SEE_REWARDS
from rewards.wording import price_text, said

FIELDS = ("name", "pictures", "kind_shown", "gives", "price", "stock", "state_told", "since", "until", "version", "changed")


@admin.register(Reward)
class RewardAdmin(ReadModelAdmin):
    """All rewards."""

    permission = SEE_REWARDS
    list_display = ("called", "kind_shown", "state_shown", "price", "left", "issued", "used", "window")
    figures = ("price", "left", "issued", "used")
    unbroken = ("state_shown", "price", "left")
    empty = _("There are no rewards yet. Add one, then activate it.")
    list_filter = (StateFilter, KindFilter, CategoryFilter, "featured", "public")
    ordering = ("name", "id")
    commands = ADD
    object_commands = CHANGE
    fieldsets = ((_("Reward"), {"fields": FIELDS}),)
    change_form_template = "rewards/admin/reward.html"

    def find(self, request: HttpRequest, text: str) -> Sequence[Any]:
        """By what staff call them, and customers in any language; as people type it, without accents."""
        wanted = fold(text).split()
        known = Reward.objects.filter(tenant_id=request.tenant.id).values_list("id", "name", "content__texts")  # type: ignore[attr-defined]
        called = ((key, [name, *(told["name"] for told in texts or ())]) for key, name, texts in known)
        return [key for key, names in called if any(all(word in fold(name) for word in wanted) for name in names)]

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        if rows:
            shown.put_numbers(list(rows))

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            Column(_("Name"), lambda row: row.name),
            Column(_("Kind"), self.kind_shown),
            Column(_("State"), self.state_told),
            Column(_("What it gives"), self.gives),
            Column(_("Price"), self.price),
            Column(_("Category"), lambda row: row.category),
            Column(_("Left of the stock"), lambda row: shown.numbers_of(row).left),
            Column(pgettext_lazy("coupons", "Issued"), lambda row: shown.numbers_of(row).issued),
            Column(_("Used"), lambda row: shown.numbers_of(row).used),
            Column(_("Cancelled"), lambda row: shown.numbers_of(row).cancelled),
            Column(_("Since"), lambda row: row.active_from),
            Column(_("Ends"), lambda row: row.ends_at),
            Column(_("Version"), lambda row: row.version),
            Column(_("Changed"), lambda row: row.changed_at),
        ]

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(lambda request, object_id: results.page(self, request, object_id))
        file = self.admin_site.admin_view(lambda request, object_id: results.file(self, request, object_id))
        own = [
            path("<path:object_id>/results/", page, name="rewards_reward_results"),
            path("<path:object_id>/results/export/", file, name="rewards_reward_results_file"),
        ]
        return [*own, *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.row(request, object_id) if object_id else None
        more = {} if row is None else self._more(row)
        return super().changeform_view(request, object_id, form_url, more | (extra_context or {}))

    def _more(self, row: Reward) -> dict[str, Any]:
        """The tables of a reward's page."""
        tables = {"numbers": shown.in_numbers(row), "asked": shown.asked(row), "versions": shown.versions(row)}
        return tables | {"texts": shown.content_of(row).texts}

    @display(description=_("Name"), ordering="name")
    def called(self, row: Reward) -> str:
        return shown.beside_photo(row)

    @display(description=_("Photos"))
    def pictures(self, row: Reward) -> str:
        return shown.pictures(row)

    @display(description=_("Kind"), ordering="kind")
    def kind_shown(self, row: Reward) -> str:
        return str(KIND_TITLES[row.kind])

    @display(description=_("What it gives"))
    def gives(self, row: Reward) -> str:
        return shown.sentence(row)

    @display(description=_("Price"), ordering="points")
    def price(self, row: Reward) -> str:
        return price_text(shown.content_of(row).terms, shown.around(row))

    @display(description=_("Stock"))
    def stock(self, row: Reward) -> str:
        return said(shown.content_of(row), shown.around(row))["stock"].words

    @display(description=_("Left"))
    def left(self, row: Reward) -> str:
        return shown.number(shown.numbers_of(row).left)

    @display(description=pgettext_lazy("coupons", "Issued"))
    def issued(self, row: Reward) -> str:
        return shown.number(shown.numbers_of(row).issued)

    @display(description=_("Used"))
    def used(self, row: Reward) -> str:
        return shown.number(shown.numbers_of(row).used)

    @display(description=_("Can be had"))
    def window(self, row: Reward) -> str:
        content = shown.content_of(row)
        return gettext("always") if content.terms.active == ALWAYS else said(content, shown.around(row))["active"].words

    @display(
        description=_("State"),
        ordering="state",
        label={"draft": "info", "active": "success", "scheduled": "primary", "paused": "warning", "ended": "plain"},
    )
    def state_shown(self, row: Reward) -> tuple[str, str]:
        return row.standing, self.state_told(row)

    @display(description=_("State"))
    def state_told(self, row: Reward) -> str:
        return str(Reward.State(row.standing).label)

    @display(description=_("Since"))
    def since(self, row: Reward) -> str:
        return shown.moment(row, row.active_from)

    @display(description=_("Ends"))
    def until(self, row: Reward) -> str:
        return formats.until(row.ends_at, shown.around(row).tenant.zone, language()) if row.ends_at else NONE

    @display(description=_("Changed"), ordering="changed_at")
    def changed(self, row: Reward) -> str:
        return shown.moment(row, row.changed_at)


navigation.register(_("Rewards"), _("All rewards"), "admin:rewards_reward_changelist", SEE_REWARDS, icon="redeem", order=38)
navigation.register(_("Rewards"), _("Add reward"), "admin:rewards_reward_add-reward", EDIT_REWARDS, icon="add", order=39)

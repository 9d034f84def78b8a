"""The terms of the programme: every version that was published, and another one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin.shown import NOTHING, moment
from customers.domain.terms import LANGUAGES
from customers.forms.terms import TITLES, TermsForm
from customers.models import Terms
from customers.permissions import SEE_DOORS
from loyalty.admin import navigation
from loyalty.admin.facts import actor_title, name_facts
from loyalty.admin.history import name_events
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.house.markdown import rendered
from loyalty.staff.actors import actors


@admin.register(Terms)
class TermsAdmin(ReadModelAdmin):
    """The latest first."""

    permission = SEE_DOORS
    list_display = ("version", "in_languages", "when", "by")
    ordering = ("-number",)
    commands = {"publish": TermsForm}
    empty = _(
        "Nothing was published yet: customers agree to a short text that says how points work, and that it is not the programme's own."
    )
    fieldsets = ((None, {"fields": ("version", "when", "by", "page", "texts_shown")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["version", "when", "by", "page", "texts_shown"]

    @display(description=_("Version"), ordering="number")
    def version(self, row: Terms) -> str:
        return str(row)

    @display(description=_("Languages"))
    def in_languages(self, row: Terms) -> str:
        return ", ".join(str(TITLES[language]) for language in LANGUAGES if language in row.texts)

    @display(description=_("Published"), ordering="published_at")
    def when(self, row: Terms) -> str:
        return moment(row, row.published_at)

    @display(description=_("By"))
    def by(self, row: Terms) -> str:
        return actors([row.published_by]).get(row.published_by) or actor_title(row.published_by) or NOTHING

    @display(description=_("As customers read it"))
    def page(self, row: Terms) -> SafeString:
        address = reverse("app-terms-version", args=[str(row)])
        return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, address)

    @display(description=_("Text"))
    def texts_shown(self, row: Terms) -> SafeString:
        told = ((language, TITLES[language], rendered(row.texts[language])) for language in LANGUAGES if language in row.texts)
        return format_html_join("", '<section lang="{}" class="prose dark:prose-invert"><h4>{}</h4>{}</section>', told)


navigation.register(_("Organization"), _("Terms of the programme"), "admin:customers_terms_changelist", SEE_DOORS, icon="gavel", order=86)
name_events({"customers.terms_published": _("Terms published")})
name_facts({"terms_id": _("Terms of the programme"), "texts": _("Texts"), "number": _("Version"), "published_at": _("Published")})

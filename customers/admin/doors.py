"""How customers come in: one row, with the history of who settled what."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers.admin.shown import NOTHING, language, moment
from customers.domain.challenge import BUDGETS
from customers.forms.doors import BY, DOOR_NAMES, DoorsForm
from customers.models import Doors
from customers.permissions import SEE_DOORS
from loyalty.admin import navigation
from loyalty.admin.facts import actor_title, name_codes, name_facts, read_as
from loyalty.admin.history import name_events
from loyalty.admin.read_model import ReadModelAdmin
from loyalty.house import formats
from loyalty.staff.actors import actors

BUDGET_NAMES = {
    "to": _("to one phone or email"),
    "by": _("asked for by one customer who is signed in"),
    "address": _("asked for from one address of the network"),
    "shared": _("asked for from one address that many phones may share (IPv4)"),
    "prefix": _("to a thousand neighboring numbers, or one mailbox under many tags"),
    "domain": _("to emails of one domain"),
    "all": _("in the whole programme"),
}
SHOWN = ("open_doors", "sent_to", "dormant", "spending", "first", "own_passwords")


@admin.register(Doors)
class DoorsAdmin(ReadModelAdmin):
    """The one row of a programme."""

    permission = SEE_DOORS
    list_display = (*SHOWN, "when", "by")
    commands = {"settle": DoorsForm}
    object_commands = {"settle-anew": DoorsForm}
    empty = _("Nothing was settled yet: customers sign in by a code to a phone of the programme's country.")
    fieldsets = (
        (_("Signing in of customers"), {"fields": SHOWN}),
        (_("Codes in an hour"), {"fields": ("budgets",)}),
        (_("Last changed"), {"fields": ("when", "by")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*SHOWN, "budgets", "when", "by"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Straight to the row, as soon as there is one."""
        row = self.get_queryset(request).first() if self.has_view_permission(request) else None
        if row is not None:
            return HttpResponseRedirect(reverse(self.name_of("change"), args=[row.pk]))
        return super().changelist_view(request, extra_context)

    @display(description=_("Doors that are open"))
    def open_doors(self, row: Doors) -> str:
        return ", ".join(str(DOOR_NAMES[door]) for door in row.doors)

    @display(description=_("Countries that codes are sent to"))
    def sent_to(self, row: Doors) -> str:
        return ", ".join(row.countries) or gettext("The programme's own")

    @display(description=_("Months after which somebody is asked for more"))
    def dormant(self, row: Doors) -> str:
        return str(row.dormant_months) if row.dormant_months else gettext("Never")

    @display(description=_("Points above which somebody is asked before they spend"))
    def spending(self, row: Doors) -> str:
        return gettext("Nobody is asked") if row.fact_above is None else formats.points(row.fact_above, language())

    @display(description=_("Who has both gets messages by"))
    def first(self, row: Doors) -> str:
        return str(BY[row.messages_by])

    @display(description=_("Customers may have a password"), boolean=True)
    def own_passwords(self, row: Doors) -> bool:
        return row.passwords

    @display(description=_("At most"))
    def budgets(self, row: Doors) -> str:
        return " · ".join(f"{formats.number(most, language())} {BUDGET_NAMES[name]}" for name, most in BUDGETS.items())

    @display(description=_("Changed"))
    def when(self, row: Doors) -> str:
        return moment(row, row.changed_at)

    @display(description=_("By"))
    def by(self, row: Doors) -> str:
        return actors([row.changed_by]).get(row.changed_by) or actor_title(row.changed_by) or NOTHING


navigation.register(
    _("Organization"), _("Signing in of customers"), "admin:customers_doors_changelist", SEE_DOORS, icon="door_front", order=85
)
name_events({"customers.doors_changed": _("Signing in of customers changed")})
name_facts(
    {
        "doors_id": _("Signing in of customers"),
        "doors": _("Doors that are open"),
        "countries": _("Countries that codes are sent to"),
        "dormant_months": _("Months after which somebody is asked for more"),
        "fact_above": _("Points above which somebody is asked before they spend"),
        "messages_by": _("Who has both gets messages by"),
        "passwords": _("Customers may have a password"),
    }
)
read_as(lambda door, around: str(DOOR_NAMES.get(door, door)), "doors")
name_codes("messages_by", BY)

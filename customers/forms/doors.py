"""How customers come in, as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.commands import ChangeDoors
from customers.domain.doors import LONGEST_DORMANT, MOST_POINTS
from customers.permissions import CHANGE_DOORS
from customers.queries.doors import doors
from customers.targets import known_countries
from loyalty.admin.forms import CommandForm

DOOR_NAMES = {
    "phone": _("Phone and code"),
    "email": _("Email with a code and a link"),
    "invitation": _("Link of an invitation"),
}
BY = {"phone": _("Text message"), "email": _("Email")}


class DoorsForm(CommandForm):
    """Settle by which doors customers come in, and when they are asked for more than a code."""

    title = _("Settle how customers sign in")
    permission = CHANGE_DOORS
    icon = "door_front"
    done = _("Customers sign in like this from now on.")
    sections = [
        (_("Doors"), ["doors", "countries", "passwords"]),
        (_("When a code is not enough"), ["dormant_months", "fact_above"]),
        (_("Messages"), ["messages_by"]),
    ]

    doors = forms.MultipleChoiceField(
        label=_("Doors that are open"),
        choices=list(DOOR_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Who comes by an invitation shows who they are by phone or email as everybody does, so one of these is open."),
    )
    countries = forms.CharField(
        label=_("Countries that codes are sent to"),
        max_length=1000,
        required=False,
        help_text=_("Two letters each, such as VN, PL. Nobody pays for codes to numbers of others."),
    )
    passwords = forms.BooleanField(
        label=_("Customers may have a password"),
        required=False,
        help_text=_("Whoever likes sets one, and signs in by it without a code. Nobody needs one, and a code is good as before."),
    )
    dormant_months = forms.IntegerField(
        label=_("Months after which somebody is asked for more"),
        min_value=0,
        max_value=LONGEST_DORMANT,
        help_text=_(
            "Phone companies give numbers to others after a while. Who did nothing for so long says their birth date or card number "
            "when they sign in, or begins anew without the points of before. 0: a code is always enough."
        ),
    )
    fact_above = forms.IntegerField(
        label=_("Points above which somebody is asked before they spend"),
        min_value=0,
        max_value=MOST_POINTS,
        required=False,
        help_text=_(
            "Of who signs in for the first time by a phone that was imported, or typed at a till. Their birth date or card number is asked "
            "for before they pass points on. Empty: nobody is asked."
        ),
    )
    messages_by = forms.ChoiceField(label=_("Who has both gets messages by"), choices=list(BY.items()))

    def initial_values(self) -> dict[str, Any]:
        settled = doors()
        return {
            "doors": list(settled.doors),
            "countries": ", ".join(settled.countries),
            "dormant_months": settled.dormant_months,
            "fact_above": settled.fact_above,
            "messages_by": settled.messages_by,
            "passwords": settled.passwords,
        }

    def command(self) -> ChangeDoors:
        told = self.cleaned_data
        return ChangeDoors(
            doors=tuple(told["doors"]),
            countries=known_countries(told["countries"].replace(",", " ").split()),
            dormant_months=told["dormant_months"],
            fact_above=told["fact_above"],
            messages_by=told["messages_by"],
            passwords=told["passwords"],
        )

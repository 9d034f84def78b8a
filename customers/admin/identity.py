"""What histories call that which points to a customer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from loyalty.admin.facts import name_codes, name_facts
from loyalty.admin.history import name_events

name_codes("way", {"fact": _("Birth date or card number"), "staff": _("Confirmed by staff")})
name_facts(
    {
        "asked_at": _("Asked"),
        "said_at": _("Said"),
        "device": _("Device"),
        "proven_at": _("Proven"),
        "linked_at": _("Linked"),
        "unlinked_at": _("Link removed"),
    }
)
name_events(
    {
        "customers.second_fact_asked": _("Asked for a second fact before spending"),
        "customers.second_fact_said": _("Certain who it is"),
        "customers.identifier_proven": _("Phone or email proven by a code"),
        "customers.identifier_linked": _("Browser or account linked"),
        "customers.identifier_unlinked": _("Browser or account not linked any more"),
    }
)
name_codes("kind", {"phone": _("Phone"), "email": _("Email"), "browser_id": _("Browser"), "page_scoped_id": _("Account in a messenger")})

"""What customers and the facts about them are called in the administration, and where they stand in its navigation."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers import queries
from customers.admin.partings import partings
from customers.admin.sign_ins import sign_ins
from customers.forms.disclosure import REASONS as DISCLOSED_FOR
from customers.forms.erasing import REASONS
from customers.imports.forms import CustomerColumnsForm, CustomersFileForm
from customers.models import Consent, Customer
from customers.permissions import IMPORT, REGISTER, SEE
from customers.streams import streams_about
from loyalty import timeline
from loyalty.admin import naming, navigation, related
from loyalty.admin.facts import name_codes, name_facts
from loyalty.admin.history import name_events
from loyalty.admin.related import Link
from loyalty.jobs.admin import offer
from loyalty.staff.looks import name_details
from loyalty.staff.permissions import SEE_HISTORY


def _names(request: HttpRequest, ids: naming.Ids) -> dict[UUID, str]:
    """“Nguyễn Thị Đường · K7M29QXA”."""
    found = queries.cards([*ids["customer_id"], *ids["referrer_id"], *ids["survivor_id"], *ids["joined_id"]])
    told = {card.side: " · ".join(dict.fromkeys((card.name, card.code))) for card in found}
    return {key: naming.named(request, label, "admin:customers_customer_change", key, SEE) for key, label in told.items()}


naming.name_ids(_names, "customer_id", "referrer_id", "survivor_id", "joined_id")
navigation.register(_("Customer"), _("All customers"), "admin:customers_customer_changelist", SEE, icon="group", order=20)
navigation.register(_("Customer"), _("Add customer"), "admin:customers_customer_register", REGISTER, icon="person_add", order=21)
navigation.register(_("Customer"), _("Import"), "admin:jobs_jobrun_import-customers", IMPORT, icon="upload_file", order=22)
offer({"import-customers": CustomersFileForm}, {"customer-columns": CustomerColumnsForm})
timeline.follow("customers", streams_about)
timeline.tell("customers.sign_ins", sign_ins, permission=SEE_HISTORY)
timeline.tell("customers.partings", partings, permission=SEE_HISTORY)
related.register(
    "customers.customer",
    lambda row: Link(reverse("admin:customers_customer_timeline", args=[row.pk]), gettext("Timeline")),
    SEE_HISTORY,
    icon="timeline",
    order=30,
)
name_codes("gender", dict(Customer.Gender.choices))
name_codes("language", dict(settings.LANGUAGES))
name_codes("reason", dict(REASONS) | {"own": _("They did it themselves")})
name_events(
    {
        "customers.customer_registered": _("Registered"),
        "customers.profile_changed": _("Profile changed"),
        "customers.identifier_changed": _("Phone, email, card or external id changed"),
        "customers.customer_activated": _("Activated"),
        "customers.customer_deactivated": _("Deactivated"),
        "customers.customer_erased": _("Erased"),
        "customers.card_state_changed": _("Card noted"),
        "customers.customer_merged": _("Merged into another customer"),
        "customers.customer_unmerged": _("Merge undone"),
        "customers.consent_given": _("Consent given"),
        "customers.consent_withdrawn": _("Consent withdrawn"),
    }
)
name_codes(
    "identifier",
    {
        "phone": _("Phone"),
        "email": _("Email"),
        "card": _("Loyalty card"),
        "code": _("Customer code"),
        "external_id": _("External id"),
        "browser_id": _("Browser"),
        "page_scoped_id": _("Account in a messenger"),
    },
)
name_details(dict(DISCLOSED_FOR) | {"customers.customer": _("Customers")})
name_codes("purpose", dict(Consent.Purpose.choices))
name_codes("state", dict(Customer.CardState.choices))
name_codes("source", dict(Consent.Source.choices))
name_facts(
    {
        "agreed": _("Agreed"),
        "agreed_at": _("Agreed"),
        "consent_source": _("Where they said so"),
        "consent_text": _("Version of the text"),
        "consents": _("Consents"),
        "photo_since": _("Photo since"),
        "purpose": _("Purpose"),
        "text_version": _("Version of the text"),
        "withdrawn_at": _("Withdrawn"),
        "tax_number": _("Tax number"),
        "seller_id": _("Brought by"),
        "referrer_id": _("Referred by"),
        "state": _("Where it is"),
        "survivor_id": _("One person with"),
        "withdrew": _("Withdrawn"),
        "merged_at": _("Merged"),
        "unmerged_at": _("Merge undone"),
    }
)

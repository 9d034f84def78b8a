"""Who brought whom: all invitations of friends, and those of one customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from customers import queries
from customers.admin.shown import NOTHING, language
from customers.forms.invitations import STATES, WithdrawForm
from customers.models import Customer, Invitation
from customers.permissions import SEE, SEE_INVITATIONS
from loyalty.admin import naming, navigation, related
from loyalty.admin.export import Column
from loyalty.admin.facts import name_codes, name_facts
from loyalty.admin.history import name_events
from loyalty.admin.read_model import ReadModelAdmin, link
from loyalty.house import formats
from loyalty.tenancy.middleware import tenant_of_id

FOUND_AT_MOST = 200
FIELDS = ("begun", "referrer", "way_shown", "to", "state_named", "friend", "registered", "purchased", "ends")
LABELS = {"invited": "info", "registered": "warning", "purchased": "success", "withdrawn": "danger", "ended": "danger"}


class StateFilter(admin.SimpleListFilter):
    """By the state that they are in now."""

    title = _("State")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return STATES.items()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = next((state for state in STATES if state == self.value()), None)
        return queryset.filter(queries.in_state(chosen)) if chosen else queryset  # type: ignore[arg-type]


class ReferrerFilter(admin.SimpleListFilter):
    """One customer's invitations: offered only where a link chose them."""

    title = _("Invited by")
    parameter_name = "referrer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        given = request.GET.get(self.parameter_name)
        names = [card.name for card in queries.cards(_ids(given))]
        return [(given, names[0] if names else NOTHING)] if given else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        whose = [side for one in _ids(self.value()) for side in queries.sides(one)]
        return queryset.filter(referrer_id__in=whose) if self.value() else queryset


@admin.register(Invitation)
class InvitationAdmin(ReadModelAdmin):
    """All invitations, the latest first."""

    permission = SEE_INVITATIONS
    list_display = ("begun", "referrer", "way_shown", "to", "state_shown", "friend", "purchased")
    list_filter = (StateFilter, "way", ("begun_at", admin.DateFieldListFilter), ReferrerFilter)
    unbroken = ("begun", "way_shown", "state_shown", "to", "purchased")
    ordering = ("-begun_at", "-id")
    search_fields = ("referrer_id",)
    search_help_text = _("Name, phone, card or code of who invited, or came by it")
    empty = _("An invitation stands here when a customer invites a friend, or somebody joins whom a customer brought.")
    fieldsets = ((_("Invitation"), {"fields": FIELDS}),)
    object_commands = {"withdraw": WithdrawForm}

    def streams(self, row: Invitation) -> Sequence[UUID]:
        return [row.id]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return FIELDS

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        found = [card.id for card in queries.search(text, FOUND_AT_MOST)]
        return queryset.filter(Q(referrer_id__in=found) | Q(customer_id__in=found)), False

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        ids = {key for row in rows for key in (row.referrer_id, row.customer_id) if key}
        known, sent = {card.id: card for card in queries.cards([*ids])}, queries.sent_to([row.id for row in rows])
        may = request.user.has_perm(SEE)
        for row in rows:
            row.shown_to = sent.get(row.id, NOTHING)
            row.referrer_shown, row.customer_shown = (_shown(known, key, may) for key in (row.referrer_id, row.customer_id))

    def export_columns(self, request: HttpRequest) -> Sequence[Column]:
        return [
            Column(_("Invited"), lambda row: row.begun_at),
            Column(_("Way"), lambda row: row.get_way_display()),
            Column(_("State"), lambda row: str(STATES[queries.state_now(row)])),
            Column(_("Registered"), lambda row: row.registered_at),
            Column(_("Purchased"), lambda row: row.purchased_at),
        ]

    @display(description=_("Invited"), ordering="begun_at")
    def begun(self, row: Invitation) -> str:
        return _moment(row, "begun_at")

    @display(description=_("Invited by"))
    def referrer(self, row: Invitation) -> str:
        return row.referrer_shown or NOTHING

    @display(description=_("Way"), ordering="way")
    def way_shown(self, row: Invitation) -> str:
        return str(row.get_way_display())

    @display(description=pgettext_lazy("invitation", "Sent to"))
    def to(self, row: Invitation) -> str:
        return row.shown_to or NOTHING

    @display(description=_("State"), label=LABELS)
    def state_shown(self, row: Invitation) -> tuple[str, str]:
        state = queries.state_now(row)
        return state, str(STATES[state])

    @display(description=_("State"))
    def state_named(self, row: Invitation) -> str:
        return str(STATES[queries.state_now(row)])

    @display(description=_("Friend"))
    def friend(self, row: Invitation) -> str:
        return row.customer_shown or NOTHING

    @display(description=_("Registered"), ordering="registered_at")
    def registered(self, row: Invitation) -> str:
        return _moment(row, "registered_at")

    @display(description=_("Purchased"), ordering="purchased_at")
    def purchased(self, row: Invitation) -> str:
        return _moment(row, "purchased_at")

    @display(description=_("Open until"))
    def ends(self, row: Invitation) -> str:
        return _moment(row, "ends_at")


def _shown(known: dict[UUID, queries.CustomerCard], key: UUID | None, may: bool) -> str:
    """Name and code, as a link for who may see customers; that somebody is erased."""
    if key is None:
        return ""
    card = known.get(key)
    if card is None:
        return gettext("an erased customer")
    said = " · ".join(dict.fromkeys((card.name, card.code)))
    return link(Customer(id=key), "change", said) if may else said


def _moment(row: Invitation, field: str) -> str:
    at = getattr(row, field)
    return formats.day_and_clock(at, tenant_of_id(row.tenant_id).zone, language()) if at else NOTHING


def _ids(text: str | None) -> list[UUID]:
    try:
        return [UUID(text or "")]
    except ValueError:
        return []


def _invitations_of(row: Customer) -> related.Link | None:
    """The list of the friends whom a customer brings."""
    count = Invitation.objects.filter(tenant_id=row.tenant_id, referrer_id__in=queries.sides(row.id)).count()
    if not count:
        return None
    url = f"{reverse('admin:customers_invitation_changelist')}?referrer={row.id}"
    return related.Link(url, gettext("Invitations: %(count)s") % {"count": formats.number(count, language())})


def _names(request: HttpRequest, ids: naming.Ids) -> dict[UUID, str]:
    """“By phone · 27 Nov 2026, 15:18”."""
    found = naming.rows(request, Invitation, ids["invitation_id"])
    return {row.id: naming.named(request, str(row), "admin:customers_invitation_change", row.id, SEE_INVITATIONS) for row in found}


naming.name_ids(_names, "invitation_id")
related.register("customers.customer", _invitations_of, SEE_INVITATIONS, icon="person_add", order=25)
navigation.register(
    _("Customer"), _("Invitations"), "admin:customers_invitation_changelist", SEE_INVITATIONS, icon="connect_without_contact", order=24
)
name_codes("way", dict(Invitation.Way.choices))
name_facts(
    {
        "invited_at": _("Invited"),
        "registered_at": _("Registered"),
        "noted_at": _("Noted"),
        "invitation_id": _("Invitation"),
        "referred": _("Referred by a customer"),
        "to": pgettext_lazy("invitation", "Sent to"),
        "way": _("How"),
    }
)
name_events(
    {
        "customers.friend_invited": _("Friend invited"),
        "customers.friend_registered": _("Friend registered"),
        "customers.friend_purchased": _("Friend purchased"),
        "customers.friend_returned_all": _("Friend returned everything"),
        "customers.invitation_withdrawn": _("Invitation withdrawn"),
    }
)

"""What the register tells a person of everything that it keeps of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers import queries
from customers.avatars import avatar_version
from customers.models import Challenge, CustomerToken, Identifier, Invitation, Password
from customers.queries.here import tenant_here
from customers.streams import streams_about
from loyalty.admin.facts import Around
from loyalty.admin.history import CHANNELS, facts_of, title_of
from loyalty.disclosure import Row, discloses
from loyalty.eventstore import store
from loyalty.tenancy.middleware import tenant_of_id

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
"""What tells a person nothing."""


@discloses("customers.profile", _("Who I am"), "customers_customer", "customers_spending", "customers_avatar")
def profile(customer_id: UUID) -> Iterator[Row]:
    """What is known of the person now."""
    card, known, seen = queries.card_alone(customer_id), queries.profile(customer_id), queries.contacts(customer_id)
    picture = avatar_version(customer_id)
    facts = {
        "code": card.code,
        "last_name": card.last_name,
        "first_name": card.first_name,
        "standing": card.state,
        "gender": known.gender,
        "birth_date": known.birth_date,
        "phone": seen.phone,
        "email": seen.email,
        "card": seen.card,
        "external_id": seen.external_id,
        "address": known.address,
        "company": known.company,
        "tax_number": known.tax_number,
        "language": known.language,
        "labels": [f"{name}: {value}" if value else name for name, value in known.labels.items()],
        "photo_since": picture and picture[1],
        "registered_at": card.registered_at,
        "purchases": card.purchases,
        "total": card.total,
        "currency": card.currency,
    }
    yield facts


@discloses("customers.consents", _("What I agreed to"), "customers_consent")
def consents(customer_id: UUID) -> Iterator[Row]:
    """The last word about each purpose."""
    for one in queries.consents(customer_id):
        yield {
            "purpose": one.purpose,
            "agreed": one.given,
            "text_version": one.text_version,
            "source": one.source,
            "changed_at": one.changed_at,
        }


@discloses("customers.segments", _("Segments"), "customers_segment_member")
def segments(customer_id: UUID) -> Iterator[Row]:
    """The segments that they are in."""
    yield from ({"name": one.name, "description": one.description} for one in queries.segments_of(customer_id))


@discloses("customers.identifiers", _("What points to me"), "customers_identifier")
def identifiers(customer_id: UUID) -> Iterator[Row]:
    """Since when, and until when, something pointed to them. What it was stands among the changes."""
    held = Identifier.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).order_by("valid_from", "kind")
    yield from ({"identifier": one.kind, "since": one.valid_from, "until": one.valid_to} for one in held)


@discloses("customers.tokens", _("Access by apps"), "customers_token")
def tokens(customer_id: UUID) -> Iterator[Row]:
    """Which apps acted for them."""
    for one in CustomerToken.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).order_by("issued_at"):
        yield {"device": one.device, "issued_at": one.issued_at, "expires_at": one.expires_at, "revoked_at": one.revoked_at}


@discloses("customers.password", _("Password"), "customers_password")
def password(customer_id: UUID) -> Iterator[Row]:
    """That they have one, and since when. What it is nobody can read."""
    for one in Password.objects.filter(tenant_id=tenant_here(), customer_id=customer_id):
        yield {"set_at": one.set_at}


@discloses("customers.codes", _("Codes that I asked for"), "customers_challenge")
def codes(customer_id: UUID) -> Iterator[Row]:
    """Of the last day. What was sent to whom nobody knew yet is told to nobody."""
    for one in Challenge.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).order_by("sent_at"):
        yield {"sent_at": one.sent_at, "expires_at": one.expires_at}


@discloses("customers.invitations", _("Friends whom I brought"), "customers_invitation", "customers_invited", "customers_invitation_link")
def invitations(customer_id: UUID) -> Iterator[Row]:
    """Their link, and whom they invited; and that a customer brought them."""
    if code := queries.invitation_code(customer_id):
        yield {"code": code}
    rows = Invitation.objects.filter(tenant_id=tenant_here(), referrer_id=customer_id).order_by("begun_at", "id")
    sent = queries.sent_to([row.id for row in rows])
    for row in rows:
        yield {"way": row.way, "to": sent.get(row.id), "standing": str(row.get_state_display()), "invited_at": row.begun_at}
    for row in Invitation.objects.filter(tenant_id=tenant_here(), customer_id=customer_id):
        yield {"way": row.way, "registered_at": row.registered_at, "referred": True}


@discloses("customers.changes", _("What changed"))
def changes(customer_id: UUID) -> Iterator[Row]:
    """Every fact about the person itself, the oldest first."""
    tenant = tenant_of_id(tenant_here())
    recorded = sorted((one for stream in streams_about(tenant.id, customer_id) for one in store.load(stream)), key=lambda one: one.position)
    for one in recorded:
        told = [
            f"{title}: {said}" for title, said in facts_of(one.event, Around(tenant.currency)) if said != "–" and not ID.match(str(said))
        ]
        channel = str(CHANNELS.get(one.metadata.channel, one.metadata.channel))
        yield {"at": one.metadata.occurred_at, "what": title_of(one.name), "channel": channel, "facts": told}

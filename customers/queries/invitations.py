"""Friends whom customers bring, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from customers.domain.inviting import InvitationWay
from customers.invitations import address_of
from customers.models import Invitation, InvitationLink, Invited
from customers.queries.here import tenant_here
from customers.queries.merging import sides
from loyalty.domain.errors import NotFound

InvitationState = Literal["invited", "registered", "purchased", "withdrawn", "ended"]
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCard:
    """An invitation as it stands. `to` is as much of the phone or email as tells two apart, "" where none is kept (any more).

    `state`: invited; registered and purchased, of the friend; withdrawn; ended, when its time was over before anybody came by it.
    """

    invitation_id: UUID
    referrer_id: UUID
    customer_id: UUID | None
    way: InvitationWay
    state: InvitationState
    to: str
    begun_at: datetime
    ends_at: datetime | None
    registered_at: datetime | None
    purchased_at: datetime | None


def invitations(
    *, referrer_id: UUID | None = None, state: InvitationState | None = None, limit: int = 50, after: Place | None = None
) -> list[InvitationCard]:
    """Invitations, the latest first: of `referrer_id`, and of all who are one with them, where it is given.

    `after` is the place (`begun_at`, id) where the page before ended.
    """
    rows = Invitation.objects.filter(tenant_id=tenant_here())
    if referrer_id is not None:
        rows = rows.filter(referrer_id__in=sides(referrer_id))
    if state is not None:
        rows = rows.filter(in_state(state))
    if after is not None:
        rows = rows.filter(_before(after))
    return _cards(rows.order_by("-begun_at", "-id")[:limit])


def invitation(invitation_id: UUID) -> InvitationCard:
    """Raises NotFound `customers.invitation_unknown`."""
    found = _cards(Invitation.objects.filter(tenant_id=tenant_here(), id=invitation_id))
    if not found:
        raise NotFound("customers.invitation_unknown")
    return found[0]


def invitation_code(customer_id: UUID) -> str | None:
    """The code at the end of the link that a customer passes on; None for who never asked for one."""
    return InvitationLink.objects.filter(tenant_id=tenant_here(), customer_id=customer_id).values_list("code", flat=True).first()


def open_invitations(customer_id: UUID) -> int:
    """How many invitations of a customer wait for somebody."""
    return Invitation.objects.filter(in_state("invited"), tenant_id=tenant_here(), referrer_id__in=sides(customer_id)).count()


def in_state(state: InvitationState) -> Q:
    """The rows that are in it now."""
    over = Q(ends_at__lte=timezone.now())
    if state == "ended":
        return Q(state="invited") & over
    return Q(state="invited") & ~over if state == "invited" else Q(state=state)


def sent_to(ids: Collection[UUID]) -> dict[UUID, str]:
    """As much of where invitations went as tells two apart: "••• 678", "h•••@example.com"."""
    kept = Invited.objects.filter(tenant_id=tenant_here(), invitation_id__in=ids)
    return {one.invitation_id: masked(address_of(one.tenant_id, one.invitation_id, bytes(one.to_sealed))) for one in kept}


def masked(address: str) -> str:
    """A phone or email without what finds somebody."""
    mailbox, at, domain = address.rpartition("@")
    return f"{mailbox[:1]}•••@{domain}" if at else f"••• {address[-3:]}"


def state_now(row: Invitation) -> InvitationState:
    """The state that the row is in, as time has it."""
    over = row.state == "invited" and row.ends_at is not None and row.ends_at <= timezone.now()
    return "ended" if over else row.state  # type: ignore[return-value]


def _before(after: Place) -> Q:
    begun_at, key = after
    return Q(begun_at__lt=begun_at) | Q(begun_at=begun_at, id__lt=key)


def _cards(rows: QuerySet[Invitation]) -> list[InvitationCard]:
    found = list(rows)
    known = sent_to([row.id for row in found])
    return [
        InvitationCard(
            invitation_id=row.id,
            referrer_id=row.referrer_id,
            customer_id=row.customer_id,
            way=row.way,  # type: ignore[arg-type]
            state=state_now(row),
            to=known.get(row.id, ""),
            begun_at=row.begun_at,
            ends_at=row.ends_at,
            registered_at=row.registered_at,
            purchased_at=row.purchased_at,
        )
        for row in found
    ]

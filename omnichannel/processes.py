"""What customers are told of what happens elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone, translation
from django.utils.translation import gettext

from customers.queries import CustomerCard, cards
from earning.events import ExpiryAnnounced
from earning.queries import wallet
from loyalty.domain.event import Recorded
from loyalty.domain.identity import derived_id
from loyalty.domain.period import business_day
from loyalty.house import formats
from loyalty.projections.projection import Follower, TryLater
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id
from omnichannel.outbox import write

MOMENT = timedelta(microseconds=1)
STANDARD = "points"


class ExpiryMessages(Follower):
    """Who takes part is told in their language that points end; what has ended meanwhile is not told."""

    name = "omnichannel.expiry_messages"
    events = (ExpiryAnnounced,)

    def follow(self, tenant_id: int, batch: Sequence[Recorded[Any]], using: str) -> None:
        try:
            with reading(tenant_id):
                for recorded in batch:
                    _tell(tenant_id, recorded)
        except (OperationalError, InterfaceError) as lost:
            raise TryLater(type(lost).__name__) from lost


def _tell(tenant_id: int, recorded: Recorded[ExpiryAnnounced]) -> None:
    event, now = recorded.event, timezone.now()
    card = next(iter(cards([event.customer_id])), None)
    if card is None or card.state == "inactive" or event.expires_at <= now:
        return
    message_id = derived_id("omnichannel.points_end", recorded.event_id)
    write(tenant_id, message_id, card.id, "points_end", card.language, points_end(event, card, tenant_id), now)


def points_end(event: ExpiryAnnounced, card: CustomerCard, tenant_id: int) -> str:
    """“Đường, 25 points end on 31 Jan 2026. …” in the customer's language."""
    tenant = tenant_of_id(tenant_id)
    with translation.override(card.language):
        last_day = business_day(event.expires_at - MOMENT, tenant.zone)
        return gettext("%(name)s, %(points)s at %(programme)s can be used until %(day)s.") % {
            "name": card.name,
            "points": _amount(event, card.language),
            "programme": tenant.name,
            "day": formats.day(last_day, tenant.zone, card.language),
        }


def _amount(event: ExpiryAnnounced, language: str) -> str:
    kept_in = wallet(event.wallet)
    if event.wallet == STANDARD:
        return formats.points_phrase(event.points, language, decimals=kept_in.decimals)
    return f"{formats.points(event.points, language, decimals=kept_in.decimals)} {kept_in.unit(language).plural}"

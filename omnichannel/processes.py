"""What customers are told of what happens elsewhere: service messages about what is theirs, which need no consent; no offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext

from customers.queries import CustomerCard, cards
from earning.events import ExpiryAnnounced, LevelLossAnnounced
from earning.queries import customer_levels, level_called, said_points
from loyalty.domain.event import Recorded
from loyalty.domain.identity import derived_id
from loyalty.domain.period import business_day
from loyalty.house import formats
from loyalty.messages.outbox import held_together, write
from loyalty.projections.process import later_when_away
from loyalty.projections.projection import Follower
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id

MOMENT = timedelta(microseconds=1)


class ExpiryMessages(Follower):
    """Who takes part is told in their language that points end; what has ended meanwhile is not told."""

    name = "omnichannel.expiry_messages"
    events = (ExpiryAnnounced,)

    def follow(self, tenant_id: int, batch: Sequence[Recorded[Any]], using: str) -> None:
        with later_when_away(), reading(tenant_id):
            for recorded in batch:
                _tell(tenant_id, recorded, "points_end", recorded.event.expires_at, points_end)


class LevelMessages(Follower):
    """Who takes part is told in their language that a level ends: not of what has ended meanwhile, nor of what they keep by now."""

    name = "omnichannel.level_messages"
    events = (LevelLossAnnounced,)

    def follow(self, tenant_id: int, batch: Sequence[Recorded[Any]], using: str) -> None:
        with later_when_away(), reading(tenant_id):
            for recorded in batch:
                if _threatens(recorded.event):
                    _tell(tenant_id, recorded, "level_ends", recorded.event.loses_at, level_ends)


def _threatens(event: LevelLossAnnounced) -> bool:
    """Whether the level still goes by then, if nothing more is bought."""
    found = (card.loses_at for card in customer_levels(event.customer_id) if card.set_id == event.set_id)
    return any(end is not None and end <= event.loses_at for end in found)


def _tell(tenant_id: int, recorded: Recorded[Any], kind: str, ends_at: datetime, text: Callable[[Any, CustomerCard, int], str]) -> None:
    event, now = recorded.event, timezone.now()
    held_together(event.customer_id)
    card = next(iter(cards([event.customer_id])), None)
    if card is None or card.state == "inactive" or ends_at <= now:
        return
    message_id = derived_id(f"omnichannel.{kind}", recorded.event_id)
    write(tenant_id, message_id, card.id, kind, card.language, text(event, card, tenant_id), now, useful_until=ends_at)


def points_end(event: ExpiryAnnounced, card: CustomerCard, tenant_id: int) -> str:
    """“Đường, 25 points end on 31 Jan 2026. …” in the customer's language."""
    tenant = tenant_of_id(tenant_id)
    with translation.override(card.language):
        last_day = business_day(event.expires_at - MOMENT, tenant.zone)
        return gettext("%(name)s, %(points)s at %(programme)s can be used until %(day)s.") % {
            "name": card.name,
            "points": said_points([(event.wallet, event.points)], signed=False)[0],
            "programme": tenant.name,
            "day": formats.day(last_day, tenant.zone, card.language),
        }


def level_ends(event: LevelLossAnnounced, card: CustomerCard, tenant_id: int) -> str:
    """“Đường, you have Gold at Sen Vàng until 31 Jan 2026. …” in the customer's language: what keeps it, and what goes with it."""
    tenant = tenant_of_id(tenant_id)
    with translation.override(card.language):
        last_day = business_day(event.loses_at - MOMENT, tenant.zone)
        told = gettext("%(name)s, you have the level %(level)s at %(programme)s until %(day)s.") % {
            "name": card.name,
            "level": level_called(event.set_id, event.version, event.level, card.language),
            "programme": tenant.name,
            "day": formats.day(last_day, tenant.zone, card.language),
        }
        return " ".join(part for part in (told, _keeping(event), _going(event)) if part)


def _keeping(event: LevelLossAnnounced) -> str:
    if event.source == "earned":
        return gettext("It stays if you buy enough until then.")
    return gettext("It stays if you pay for it again.") if event.source == "paid" else ""


def _going(event: LevelLossAnnounced) -> str:
    if event.resets == "points":
        return gettext("What is left of your points ends with it.")
    return gettext("What counts towards levels then begins anew.") if event.resets == "progress" else ""

"""Everything that happened with somebody, across contexts, the latest first. Each context says in its `admin` what tells of them:

timeline.follow("earning", streams_about)                    # streams of the log
timeline.tell("messages", moments, permission=SEE_MESSAGES)  # rows beside the log, for who may see them

def streams_about(tenant_id: int, customer_id: UUID) -> Iterable[UUID]: …
def moments(customer_id: UUID, before: Before, limit: int) -> Iterable[Moment]: …
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from loyalty.domain.event import Recorded
from loyalty.eventstore import store

Before = tuple[datetime, str] | None
"""Time and key of the moment in front of which others are asked for; None: the latest."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened with somebody and stands in no event. `key` tells it from others at the same time, `facts` are titles and texts.

    `what` is a stable code, `title` its words, `channel` as metadata of events have it, "" where nothing is known of it.
    """

    at: datetime
    key: str
    what: str
    title: str
    actor: str
    channel: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> tuple[datetime, str]:
        """What orders moments."""
        return self.at, self.key


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the position of its last event, and its last moment."""

    position: int = store.LAST_POSITION
    moment: Before = None


About = Callable[[int, UUID], Iterable[UUID]]
Moments = Callable[[UUID, Before, int], Iterable[Moment]]
FOLLOWED: dict[str, About] = {}
TOLD: dict[str, tuple[str, Moments]] = {}


def follow(name: str, about: About) -> None:
    """Let timelines tell of the streams of one context."""
    FOLLOWED[name] = about


def tell(name: str, moments: Moments, *, permission: str) -> None:
    """Let timelines tell of rows beside the log to those who hold a permission: at most so many, the latest first, also those of the very
    time that is asked for.
    """
    TOLD[name] = permission, moments


def streams_about(tenant_id: int, customer_id: UUID) -> list[UUID]:
    """All streams that tell of somebody."""
    return [stream for about in FOLLOWED.values() for stream in about(tenant_id, customer_id)]


def timeline(
    tenant_id: int, customer_id: UUID, may: Callable[[str], bool], place: Place, limit: int
) -> tuple[list[Recorded[Any] | Moment], Place | None]:
    """A page, and the place where it ends: None for the last one. Needs an open `reading`."""
    events = store.latest(streams_about(tenant_id, customer_id), limit + 1, before=place.position)
    asked = [moments(customer_id, place.moment, limit + 1) for permission, moments in TOLD.values() if may(permission)]
    told = [one for found in asked for one in found if place.moment is None or one.place < place.moment]
    moments = sorted(told, key=lambda one: one.place, reverse=True)[: limit + 1]
    page = _merged(events, moments, limit)
    seen = sum(not isinstance(one, Moment) for one in page)
    if len(page) == len(events) + len(moments):
        return page, None
    others = len(page) - seen
    return page, Place(events[seen - 1].position if seen else place.position, moments[others - 1].place if others else place.moment)


def _merged(events: Sequence[Recorded[Any]], moments: Sequence[Moment], limit: int) -> list[Recorded[Any] | Moment]:
    """Both in one row; events stay in the order of the log, whatever their clocks say."""
    page: list[Recorded[Any] | Moment] = []
    waiting, others = list(reversed(events)), list(reversed(moments))
    while len(page) < limit and (waiting or others):
        takes_event = bool(waiting) and (not others or waiting[-1].metadata.occurred_at >= others[-1].at)
        page.append(waiting.pop() if takes_event else others.pop())
    return page

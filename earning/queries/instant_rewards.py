"""Rewards that rules give with a purchase: named by the context that keeps them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from earning.domain.terms import RewardDue
from earning.events import InstantRewardsLost, PurchaseClaimed, PurchaseRecorded
from loyalty.eventstore import store


@dataclass(frozen=True, slots=True)
class RewardNames:
    """`called` says what rewards are called in the reader's language, `offered` which of them can be given, with what they are called."""

    called: Callable[[Collection[UUID]], Mapping[UUID, str]]
    offered: Callable[[], Sequence[tuple[UUID, str]]]


_names: list[RewardNames] = []


def tell_of_rewards(names: RewardNames) -> None:
    """Let rules be told by `names`."""
    _names[:] = [names]


def rewards_called(ids: Collection[UUID]) -> Mapping[UUID, str]:
    """What rewards are called; one that is not there is "a reward". Needs an open `reading`."""
    found = next((one.called(ids) for one in _names if ids), {})
    return {one: found.get(one) or gettext("a reward") for one in ids}


def rewards_offered() -> Sequence[tuple[UUID, str]]:
    """Rewards that rules can give. Needs an open `reading`."""
    return next((one.offered() for one in _names), ())


@dataclass(frozen=True, slots=True)
class RewardBrought:
    """A reward that a purchase brought, by which fact it did, and whether goods that came back have cost it since."""

    event_id: UUID
    due: RewardDue
    lost: bool


def rewards_brought(purchase_id: UUID) -> list[RewardBrought]:
    """All that rules ever gave with a purchase besides points. Needs an open `reading`."""
    found: dict[RewardDue, UUID] = {}
    lost: set[RewardDue] = set()
    for recorded in store.load(purchase_id):
        match recorded.event:
            case PurchaseRecorded(instant_rewards=rewards) | PurchaseClaimed(instant_rewards=rewards):
                found |= dict.fromkeys(rewards, recorded.event_id)
            case InstantRewardsLost():
                lost |= {*recorded.event.instant_rewards}
    return [RewardBrought(event_id, due, due in lost) for due, event_id in found.items()]

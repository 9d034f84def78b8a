"""Why a custom event brought its points, or none: each rule that was in force for it, what it asked and what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from customers.queries import sides
from earning.domain.custom_event import CustomEvent
from earning.domain.limits import Ceiling, Cut
from earning.queries.explanations import ExplainedRule, by_wallet, named_rules
from earning.queries.rulebook import rules_here
from loyalty.domain.errors import NotFound
from loyalty.eventstore import store


@dataclass(frozen=True, slots=True, kw_only=True)
class EventExplanation:
    """How the points of a custom event were decided, computed anew from what its events say; in the order of evaluation.

    `points` are what the rules gave together by wallet, `cuts` what limits of wallets kept from it. Where no rule was in force for its
    type, there are none. Once the customer is erased, what its attributes were worth is not known any more, and what was given is.
    """

    custom_event_id: UUID
    customer_id: UUID
    points: dict[str, int]
    cuts: tuple[Cut, ...]
    rules: tuple[ExplainedRule, ...]


def event_explanation(custom_event_id: UUID, customer_id: UUID | None = None) -> EventExplanation:
    """Why a custom event brought its points; of this customer, or who is one with them, where one is named.

    Raises NotFound `earning.custom_event_unknown`.
    """
    event = CustomEvent.replay(custom_event_id, [r.event for r in store.load(custom_event_id)])
    if event.reported is None or (customer_id is not None and event.whose not in sides(customer_id)):
        raise NotFound("earning.custom_event_unknown")
    counted = event.counted
    if counted is None:
        return EventExplanation(custom_event_id=event.id, customer_id=event.whose, points={}, cuts=(), rules=())
    rules = rules_here().deeds.within(Ceiling(counted.contributions, counted.cuts))
    found = list(rules.explain(event.deed(counted.standing, counted.seen), counted.rules_position))
    return EventExplanation(
        custom_event_id=event.id,
        customer_id=event.whose,
        points=by_wallet(found),
        cuts=counted.cuts,
        rules=named_rules(found),
    )

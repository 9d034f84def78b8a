"""How customers of a programme come in, and when a code alone is not enough: one stream for each tenant."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from customers.domain.challenge import ChallengeKind
from customers.events import DoorsChanged
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import DomainError, Refusals
from loyalty.domain.identity import derived_id

Door = Literal["phone", "email", "invitation"]
DOORS: tuple[Door, ...] = get_args(Door)
LONGEST_DORMANT = 120
MOST_POINTS = 10**15
MOST_COUNTRIES = 250
MONTH = timedelta(days=30)
_COUNTRY = re.compile(r"[A-Z]{2}\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorRules:
    """What a programme has settled.

    `doors` are open: a code to a phone, a code and a link to an email, the link of an invitation. Codes go to mobile phones of
    `countries` (ISO 3166). Who did nothing for `dormant_months` (0: for ever) says more than a code when they sign in; whoever proves a
    phone for the first time that brings more than `fact_above` points (None: as many as there are) says more before they spend.
    Messages to who has both go to `messages_by`. `passwords`: customers may have one, and sign in by it instead of a code.
    """

    doors: tuple[Door, ...] = ("phone", "invitation")
    countries: tuple[str, ...] = ()
    dormant_months: int = 12
    fact_above: int | None = None
    messages_by: ChallengeKind = "phone"
    passwords: bool = True

    @property
    def codes_by(self) -> tuple[ChallengeKind, ...]:
        """By what somebody shows who they are."""
        return tuple(door for door in self.doors if door != "invitation")

    def is_dormant(self, last_seen: datetime, now: datetime) -> bool:
        """Whether somebody who was last seen then did nothing for too long."""
        return self.dormant_months > 0 and last_seen < now - self.dormant_months * MONTH

    def check(self) -> None:
        """Raises DomainError for all fields at fault: `customers.door_missing`, `country_unknown`, `months_invalid`, `points_invalid`."""
        refusals, fact_above = Refusals(), 0 if self.fact_above is None else self.fact_above
        wrong = {
            "doors": ("customers.door_missing", not self.codes_by or not set(self.doors) <= set(DOORS)),
            "countries": (
                "customers.country_unknown",
                len(self.countries) > MOST_COUNTRIES or not all(map(_COUNTRY.match, self.countries)),
            ),
            "dormant_months": ("customers.months_invalid", not 0 <= self.dormant_months <= LONGEST_DORMANT),
            "fact_above": ("customers.points_invalid", not 0 <= fact_above <= MOST_POINTS),
        }
        for field, (code, is_wrong) in wrong.items():
            with refusals:
                if is_wrong:
                    raise DomainError(code, field=field, most=LONGEST_DORMANT, unknown=", ".join(self.countries)[:60])
        refusals.raise_all()


def doors_id(tenant_id: int) -> UUID:
    """The stream of the tenant's doors."""
    return derived_id("customers doors", tenant_id)


class Doors(Aggregate):
    """What was settled last; None before anything was, while what the tenant was made with counts."""

    stream = "customers_doors"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.rules: DoorRules | None = None

    def settle(self, rules: DoorRules, now: datetime) -> None:
        """Let them hold from now on; the same again is no event. Raises DomainError as `DoorRules.check` does."""
        rules.check()
        if rules != self.rules:
            self.record(DoorsChanged(doors_id=self.id, changed_at=now, **asdict(rules)))

    def evolve(self, event: DoorsChanged) -> None:
        self.rules = DoorRules(**{name: getattr(event, name) for name in DoorRules.__dataclass_fields__})

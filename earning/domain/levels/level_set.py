"""A level set: how it is made, changed, and put in and out of force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import assert_never
from uuid import UUID

from earning.domain.levels.terms import LevelTerms
from earning.events import LevelSetActivated, LevelSetChanged, LevelSetCreated, LevelSetDeactivated, LevelSetPastCounted
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.identity import derived_id

EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Since then all purchases count, where they count since ever."""
MOST_ACTIVE = 3
"""So many level sets of a tenant are active at a time at most."""
PLACES = tuple(range(1, 21))
"""A tenant has so many level sets at most, with drafts and inactive ones: each takes a place, and the place is its stream."""


def level_set_id(tenant_id: int, place: int) -> UUID:
    """The stream of the level set that has a place in a tenant's programme."""
    return derived_id("level_set", tenant_id, place)


class LevelSet(Aggregate):
    """draft → active ⇄ paused. Every change is a new version; what a purchase counted by an older one stays counted."""

    stream = "level_set"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.state = ""
        self.number = 0
        """Of the current version of its terms."""
        self.terms: LevelTerms | None = None
        self.effective_at: datetime | None = None
        self.past: tuple[datetime, datetime] | None = None
        """Since when purchases count that were made before it was in force, and when that was decided last."""

    @property
    def codes(self) -> set[str]:
        """Of its levels."""
        return {level.code for level in self.terms.levels} if self.terms else set()

    def create(self, terms: LevelTerms, others: Iterable[LevelSet]) -> None:
        """Draft it. Raises DomainError for terms that cannot be, and for codes of levels that others have."""
        ordered = _checked(terms, others)
        self.record(LevelSetCreated(set_id=self.id, terms=ordered))

    def change(self, terms: LevelTerms, others: Iterable[LevelSet], at: datetime, seen: int | None) -> None:
        """Give it new terms. Raises Conflict when the version `seen` is not the current one."""
        self._must_exist()
        if seen not in {None, self.number}:
            raise Conflict("earning.level_set_changed_meanwhile", field="seen_version", seen=seen, version=self.number)
        ordered = _checked(terms, others)
        if self.state == "active" and not ordered.levels:
            raise DomainError("earning.level_set_is_empty", field="levels")
        self.record(LevelSetChanged(set_id=self.id, version=self.number + 1, terms=ordered, effective_at=self._not_before(at)))

    def activate(self, at: datetime, others: Iterable[LevelSet] = ()) -> None:
        """Let customers reach its levels. Raises DomainError when so many `others` are active that there is no room for it."""
        self._must_exist()
        if self.state == "active":
            raise Conflict("earning.level_set_is_active", name=self.terms.name if self.terms else "")
        if not self.codes:
            raise DomainError("earning.level_set_is_empty")
        active = [other.terms.name for other in others if other.state == "active" and other.terms]
        if len(active) >= MOST_ACTIVE:
            raise DomainError("earning.too_many_active_level_sets", most=MOST_ACTIVE, names=", ".join(active))
        self.record(LevelSetActivated(set_id=self.id, version=self.number, effective_at=self._not_before(at)))

    def count_past(self, since: datetime, now: datetime) -> None:
        """Let purchases made from `since` on count as well, though it was in force only later.

        Raises DomainError for a time to come, Conflict when it is not active, and when they count already.
        """
        self._must_exist()
        if self.state != "active" or self.effective_at is None:
            raise Conflict("earning.level_set_is_not_active", name=self.terms.name if self.terms else "")
        if since >= now:
            raise DomainError("earning.level_since_invalid", field="since")
        known = self.past
        if known is not None and known[0] <= since and self.effective_at <= known[1]:
            counts = "all_past_counts" if known[0] <= EVER else "level_past_counts"
            raise Conflict(f"earning.{counts}", field="since", since=known[0])
        self.record(LevelSetPastCounted(set_id=self.id, since=since, decided_at=max(now, self.effective_at)))

    def deactivate(self, at: datetime) -> None:
        """Let nobody reach or lose its levels any more, until it is activated again."""
        self._must_exist()
        if self.state != "active":
            raise Conflict("earning.level_set_is_not_active", name=self.terms.name if self.terms else "")
        self.record(LevelSetDeactivated(set_id=self.id, version=self.number, effective_at=self._not_before(at)))

    def evolve(self, event: LevelSetCreated | LevelSetChanged | LevelSetActivated | LevelSetDeactivated | LevelSetPastCounted) -> None:
        match event:
            case LevelSetCreated():
                self.state, self.number, self.terms = "draft", 1, event.terms
            case LevelSetChanged():
                self.number, self.terms = event.version, event.terms
                self.effective_at = event.effective_at
            case LevelSetActivated():
                self.state, self.effective_at = "active", event.effective_at
            case LevelSetDeactivated():
                self.state, self.effective_at = "paused", event.effective_at
            case LevelSetPastCounted():
                self.past = (min(event.since, self.past[0]) if self.past else event.since, event.decided_at)
            case _:
                assert_never(event)

    def _must_exist(self) -> None:
        if not self.exists:
            raise NotFound("earning.level_set_unknown", field="set_id")

    def _not_before(self, at: datetime) -> datetime:
        return at if self.effective_at is None else max(at, self.effective_at)


def _checked(terms: LevelTerms, others: Iterable[LevelSet]) -> LevelTerms:
    """Rules name a level by its code alone, so that no two sets may have the same."""
    terms.check()
    taken = {code for other in others for code in other.codes}
    for place, level in enumerate(terms.levels):
        if level.code in taken:
            raise DomainError("earning.level_code_taken", field=f"levels.{place}.code", code=level.code)
    return terms.in_order()

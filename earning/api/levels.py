"""`/api/v1/level-sets`: levels with what they ask for and bring, and putting sets in and out of force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.utils.translation import get_language

from earning import queries
from earning.api.level_saving import SavingLevelsView
from earning.api.level_shapes import Downgrade, Level, LevelSetText, Measure, in_utc
from earning.api.shapes import Limit
from earning.commands import (
    ActivateLevelSet,
    ChangeLevelSet,
    CreateLevelSet,
    DeactivateLevelSet,
    InstallStarterLevels,
)
from earning.domain.levels import terms as domain
from earning.domain.levels.downgrading import Downgrade as DomainDowngrade
from earning.domain.levels.measures import Measure as DomainMeasure
from earning.domain.levels.starters import Starter
from earning.domain.levels.terms import LevelTerms, Match
from earning.permissions import SEE_LEVELS
from loyalty.api.paging import Page, opened_cursor, sealed_cursor
from loyalty.api.views import QueryView
from loyalty.domain.period import Period
from loyalty.files.photos import address_of, named_by
from loyalty.staff.actors import actors_seen
from loyalty.tenancy.models import Tenant

StateText = Literal["draft", "active", "paused"]
VERSIONS = "level_set_versions"


class LevelSetBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A level set. `name` is for staff, `texts` for customers, in all languages or none. A level is reached when all of its thresholds are,
    or `any` of them. `seen_version`, for a change, refuses when somebody else changed it meanwhile.
    """

    name: str
    measures: list[Measure]
    match: Match = "all"
    levels: list[Level] = []
    downgrade: Downgrade = Downgrade()
    texts: list[LevelSetText] = []
    seen_version: int | None = None


class StarterBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which ready-made set."""

    starter: Starter


class LevelSet(msgspec.Struct, frozen=True, kw_only=True):
    """A level set as it stands, its levels from the lowest. `name` is for staff, `title` and `description` are what customers are told in
    the caller's language (`texts` in all of them); `effective_at` is since when it is in its state, or has its terms.

    Purchases made from `past_since` on count also where it was in force only later (null: they do not).
    """

    id: UUID
    name: str
    title: str
    description: str
    texts: list[LevelSetText]
    currency: str
    measures: list[Measure]
    match: Match
    levels: list[Level]
    downgrade: Downgrade
    version: int
    state: StateText
    effective_at: datetime | None
    past_since: datetime | None
    changed_at: datetime


class LevelSetVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a level set, who made it, and the `periods` in which it was in force (an open end: it still is). `changed_by_name` is
    there for those who may see staff, or API tokens, by name.
    """

    version: int
    name: str
    texts: list[LevelSetText]
    measures: list[Measure]
    match: Match
    levels: list[Level]
    downgrade: Downgrade
    periods: list[Period]
    changed_by: str
    changed_by_name: str | None
    changed_at: datetime


class VersionsQuery(msgspec.Struct):
    """The newest first."""

    limit: Limit = 50
    cursor: str | None = None


class LevelSetsView(QueryView):
    """List level sets (three at most) with their levels."""

    permission = SEE_LEVELS
    answer = list[LevelSet]

    def ask(self, query: None, **path: Any) -> list[LevelSet]:
        return [shown(card) for card in queries.level_sets()]


class LevelSetView(QueryView):
    """Show one level set."""

    permission = SEE_LEVELS
    answer = LevelSet

    def ask(self, query: None, **path: Any) -> LevelSet:
        return shown(queries.level_set(path["set_id"]))


class LevelSetVersionsView(QueryView):
    """List the versions of a level set."""

    permission = SEE_LEVELS
    query = VersionsQuery
    answer = Page[LevelSetVersion]

    def ask(self, query: VersionsQuery, **path: Any) -> Page[LevelSetVersion]:
        set_id = queries.level_set(path["set_id"]).set_id
        name = f"{VERSIONS}/{set_id}"
        found = queries.level_set_versions(set_id, opened_cursor(query.cursor, self.tenant.id, name), query.limit + 1)
        page = found[: query.limit]
        following = sealed_cursor(page[-1].version, self.tenant.id, name) if len(found) > query.limit else None
        who = actors_seen((card.changed_by for card in page), self.principal)
        return Page([shown_version(card, who) for card in page], following)


class CreateLevelSetView(SavingLevelsView):
    """Draft a level set."""

    body = LevelSetBody
    status = 201

    def command(self, body: LevelSetBody, **path: Any) -> CreateLevelSet:
        return CreateLevelSet(terms=terms_of(body, self.tenant))


class InstallStarterLevelsView(SavingLevelsView):
    """Draft a ready-made level set; with stars, the rule that gives them is drafted beside it."""

    body = StarterBody
    status = 201

    def command(self, body: StarterBody, **path: Any) -> InstallStarterLevels:
        return InstallStarterLevels(starter=body.starter, currency=self.tenant.currency, language=self.tenant.default_language)


class ChangeLevelSetView(SavingLevelsView):
    """Give a level set new terms, whole, from now on. `warnings` say what that does which may not be meant; a dry run tells before."""

    method = "put"
    body = LevelSetBody

    def command(self, body: LevelSetBody, **path: Any) -> ChangeLevelSet:
        return ChangeLevelSet(set_id=path["set_id"], terms=terms_of(body, self.tenant), seen_version=body.seen_version)


class ActivateLevelSetView(SavingLevelsView):
    """Let customers reach the levels of a set from now on."""

    def command(self, body: None, **path: Any) -> ActivateLevelSet:
        return ActivateLevelSet(set_id=path["set_id"])


class DeactivateLevelSetView(SavingLevelsView):
    """Let nobody reach or lose levels of a set from now on."""

    def command(self, body: None, **path: Any) -> DeactivateLevelSet:
        return DeactivateLevelSet(set_id=path["set_id"])


def terms_of(body: LevelSetBody, tenant: Tenant) -> LevelTerms:
    """The terms that a body says. Raises DomainError `photo.unknown` for a photo that the tenant does not have."""
    told = {name: getattr(body, name) for name in ("measures", "levels", "downgrade", "texts")}
    plain = msgspec.to_builtins(told, builtin_types=(Decimal,))
    for place, level in enumerate(plain["levels"]):
        level["photo"] = named_by(tenant.id, level["photo"], f"levels.{place}.photo")
    levels = msgspec.convert(plain["levels"], tuple[domain.Level, ...])
    return LevelTerms(
        name=body.name.strip(),
        currency=tenant.currency,
        match=body.match,
        measures=msgspec.convert(plain["measures"], tuple[DomainMeasure, ...]),
        levels=tuple(in_utc(level, f"levels/{place}") for place, level in enumerate(levels)),
        downgrade=msgspec.convert(plain["downgrade"], DomainDowngrade),
        texts=tuple(domain.LevelSetText(**{part: said.strip() for part, said in text.items()}) for text in plain["texts"]),
    )


def shown(card: queries.LevelSetCard) -> LevelSet:
    """A level set as the API shows it."""
    same = ("version", "effective_at", "past_since", "changed_at")
    return msgspec.convert(
        _said(card.terms) | {name: getattr(card, name) for name in same} | {"id": card.set_id, "state": card.state}, LevelSet
    )


def shown_version(card: queries.LevelSetVersionCard, who: Mapping[str, str]) -> LevelSetVersion:
    """A version as the API shows it."""
    same = ("version", "changed_by", "changed_at", "periods")
    told = {name: getattr(card, name) for name in same} | {"changed_by_name": who.get(card.changed_by)}
    return msgspec.convert(_said(card.terms) | told, LevelSetVersion, from_attributes=True)


def _said(terms: LevelTerms) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(terms, builtin_types=(Decimal,))
    called = terms.called(get_language() or "")
    told = {"title": called.name, "description": called.description}
    return plain | told | {"levels": [level | {"photo": address_of(level["photo"])} for level in plain["levels"]]}

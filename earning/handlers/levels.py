"""Level sets: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from earning.commands import (
    ActivateLevelSet,
    ChangeLevelSet,
    CountPast,
    CreateLevelSet,
    CreateRule,
    DeactivateLevelSet,
    InstallStarterLevels,
    LevelSetAnswer,
    RuleText,
)
from earning.domain.levels.level_set import EVER, PLACES, LevelSet, level_set_id
from earning.domain.levels.starters import STAR_RULE, STARTERS, star_rule
from earning.domain.levels.warnings import LevelWarning, warnings_of, warnings_of_change, warnings_of_stop
from earning.levelholders import holders_of_set
from earning.rulebook import asking
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, NotFound, called

OfLevels = CreateLevelSet | InstallStarterLevels | ChangeLevelSet | ActivateLevelSet | CountPast | DeactivateLevelSet


def streams_of_levels(command: OfLevels, circumstances: Circumstances) -> Iterator[StreamRef]:
    """All places: how many there are, and which codes their levels have, is decided over all of them."""
    for place in PLACES:
        yield StreamRef(LevelSet, level_set_id(circumstances.tenant_id, place))


@handles(CreateLevelSet, streams=streams_of_levels)
def create_level_set(command: CreateLevelSet, unit: Unit) -> LevelSetAnswer:
    there = _all(unit)
    free = next((one for one in there if not one.exists), None)
    if free is None:
        raise DomainError("earning.too_many_level_sets", most=len(PLACES))
    free.create(command.terms, [one for one in there if one is not free])
    return _answer(free)


@handles(InstallStarterLevels, streams=streams_of_levels)
def install_starter_levels(command: InstallStarterLevels, unit: Unit) -> LevelSetAnswer:
    terms = STARTERS[command.starter](command.currency, command.language)
    with called(**{f"levels.{place}.code": "starter" for place in range(len(terms.levels))}):
        made = create_level_set(CreateLevelSet(terms=terms), unit)
    if command.starter == "stars":
        texts = tuple(RuleText(language=language, name=name) for language, name in STAR_RULE.items())
        unit.dispatch(CreateRule(name=STAR_RULE[command.language], terms=star_rule(command.currency), texts=texts))
    return made


@handles(ChangeLevelSet, streams=streams_of_levels)
def change_level_set(command: ChangeLevelSet, unit: Unit) -> LevelSetAnswer:
    it = _named(command, unit)
    before = it.terms
    it.change(command.terms, [one for one in _all(unit) if one is not it], unit.now, command.seen_version)
    changed = warnings_of_change(before, it.terms, _holders(it, unit)) if before and it.terms else ()
    return _answer(it, changed)


@handles(ActivateLevelSet, streams=streams_of_levels)
def activate_level_set(command: ActivateLevelSet, unit: Unit) -> LevelSetAnswer:
    it = _named(command, unit)
    it.activate(command.effective_at or unit.now, [one for one in _all(unit) if one is not it])
    if command.past_since is not None:
        it.count_past(command.past_since, unit.now)
    return _answer(it)


@handles(CountPast, streams=streams_of_levels)
def count_past(command: CountPast, unit: Unit) -> LevelSetAnswer:
    it = _named(command, unit)
    it.count_past(command.since or EVER, unit.now)
    return _answer(it)


@handles(DeactivateLevelSet, streams=streams_of_levels)
def deactivate_level_set(command: DeactivateLevelSet, unit: Unit) -> LevelSetAnswer:
    it = _named(command, unit)
    holders = _holders(it, unit)
    it.deactivate(unit.now)
    return _answer(it, warnings_of_stop(holders))


def _all(unit: Unit) -> list[LevelSet]:
    return [unit.load(LevelSet, level_set_id(unit.tenant_id, place)) for place in PLACES]


def _named(command: ChangeLevelSet | ActivateLevelSet | CountPast | DeactivateLevelSet, unit: Unit) -> LevelSet:
    for one in _all(unit):
        if one.id == command.set_id:
            return one
    raise NotFound("earning.level_set_unknown", field="set_id")


def _holders(it: LevelSet, unit: Unit) -> dict[str, int]:
    return holders_of_set(it.id, unit.now, asking(unit)) if it.state == "active" else {}


def _answer(it: LevelSet, found: Iterable[LevelWarning] = ()) -> LevelSetAnswer:
    standing = warnings_of(it.terms) if it.terms else ()
    return LevelSetAnswer(set_id=it.id, version=it.number, state=it.state, warnings=(*found, *standing))

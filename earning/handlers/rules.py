"""Earning rules: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias

from earning.commands import ActivateRule, ChangeRule, CreateRule, EndRule, PauseRule, RuleAnswer
from earning.domain.rule_warnings import RuleWarning, counts_events, warnings_of
from earning.domain.rules import EarningRule
from earning.rulebook import asking, standing_beside
from earning.seeing import held_by_somebody
from earning.walletbook import WALLETS, wallets_of
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, said_of

InForce: TypeAlias = ChangeRule | ActivateRule | PauseRule | EndRule
"""What decides which rules are in force."""
IN_TURN = "select pg_advisory_xact_lock((79::bigint << 48) + %s)"
"""A purchase keeps how far the log went that its rules were taken from. So what changes the rules in force of a tenant commits in
the order of the log: one at a time, from before it draws its position until it is seen.
"""
IN_FORCE = frozenset({"active", "scheduled"})
"""States of a rule that counts, now or later."""
CURRENCY = Read("select currency from tenancy_tenant where id = (select current_setting('loyalty.tenant')::int)")
"""The currency of the programme, in which rules are."""


@handles(
    CreateRule,
    streams=lambda command, circumstances: [StreamRef(EarningRule, circumstances.command_id)],
    reads=lambda command, circumstances: [WALLETS, CURRENCY],
)
def create_rule(command: CreateRule, unit: Unit) -> RuleAnswer:
    wallets_of(unit).policy(command.wallet, unit.now)
    _check_basket(command, unit)
    rule = unit.load(EarningRule, unit.circumstances.command_id)
    rule.create(command.name, command.terms, command.wallet, command.scope, command.texts, command.photo)
    return _answer(rule, unit)


def stream_of_rule(command: InForce, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(EarningRule, command.rule_id)


@handles(ChangeRule, streams=stream_of_rule, reads=lambda command, circumstances: [CURRENCY])
def change_rule(command: ChangeRule, unit: Unit) -> RuleAnswer:
    _check_basket(command, unit)
    rule = _in_turn(command, unit)
    if command.effective_at is not None and rule.state != "active":
        raise DomainError("earning.rule_change_has_no_start", field="effective_at", name=rule.name)
    since, seen = command.effective_at or unit.now, command.seen_version
    rule.change(command.name, command.terms, since, seen, command.scope, command.texts, command.photo, now=unit.now)
    return _answer(rule, unit, command.effective_at)


@handles(ActivateRule, streams=stream_of_rule)
def activate_rule(command: ActivateRule, unit: Unit) -> RuleAnswer:
    rule = _in_turn(command, unit)
    rule.activate(command.effective_at or unit.now, unit.now)
    return _answer(rule, unit, command.effective_at)


@handles(PauseRule, streams=stream_of_rule)
def pause_rule(command: PauseRule, unit: Unit) -> RuleAnswer:
    rule = _in_turn(command, unit)
    rule.pause(unit.now)
    return _answer(rule, unit)


@handles(EndRule, streams=stream_of_rule)
def end_rule(command: EndRule, unit: Unit) -> RuleAnswer:
    rule = _in_turn(command, unit)
    if command.never and command.ends_at is not None:
        raise DomainError("earning.rule_ends_or_never", field="ends_at")
    rule.end(None if command.never else command.ends_at or unit.now, unit.now)
    return _answer(rule, unit)


def _check_basket(command: CreateRule | ChangeRule, unit: Unit) -> None:
    with said_of("scope"):
        command.scope.check_basket(unit.rows(*CURRENCY)[0][0])


def _in_turn(command: InForce, unit: Unit) -> EarningRule:
    unit.execute(IN_TURN, [unit.tenant_id])
    return unit.load(EarningRule, command.rule_id)


def _answer(rule: EarningRule, unit: Unit, since: datetime | None = None) -> RuleAnswer:
    state = rule.state_at(unit.now)
    ask = asking(unit)
    standing = rule.standing().from_now(unit.now)
    found = () if state == "ended" else tuple(warnings_of(standing, standing_beside(rule.id, ask), held_by_somebody(ask)))
    return RuleAnswer(
        rule_id=rule.id,
        version=rule.number,
        state=state,
        effective_at=rule.effective_at if state in IN_FORCE else None,
        warnings=(*_of_past(rule, unit, since), *found),
    )


def _of_past(rule: EarningRule, unit: Unit, since: datetime | None) -> Iterator[RuleWarning]:
    """Whether it came into force just now for a time that is over."""
    if since is not None and rule.state == "active" and rule.effective_at is not None and rule.effective_at < unit.now:
        yield RuleWarning(code="since_past", of_events=counts_events(rule.standing().terms))

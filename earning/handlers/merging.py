"""Accounts and levels of customers who turn out to be one, or two after all: locked, so that nothing is decided meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from uuid import UUID

from earning.commands import JoinAccounts, PartAccounts
from earning.domain.account import Account
from earning.domain.levels.catching_up import catch_up
from earning.domain.levels.climb import Climb
from earning.domain.levels.counting import PastPurchase
from earning.domain.levels.customer import CustomerLevels, customer_levels_id
from earning.domain.levels.merging import join, keep_ends, recount
from earning.domain.levels.merging import part as part_levels
from earning.domain.parting import part
from earning.domain.pooling import settle_together
from earning.handlers.customer_levels import kept_points, purchases_locked
from earning.levelbook import LEVELS_STATE, MOST_PURCHASES, climb_alone, climb_as_noted, purchases_of, settle_alone
from earning.partbook import apart
from earning.poolbook import Sides, account_alone, remember
from earning.rulebook import wallets_known
from earning.streams import WALLET, accounts_in
from earning.walletbook import WALLETS, wallets_of
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances


def streams_of_both(command: JoinAccounts | PartAccounts, circumstances: Circumstances) -> Iterator[StreamRef]:
    """Whoever records a purchase of one of them, or takes points, holds one of these."""
    tenant_id = circumstances.tenant_id
    sides = command.joining if isinstance(command, JoinAccounts) else command.parting
    other_id = command.joined_id if isinstance(command, JoinAccounts) else command.parted_id
    for side in (*command.sides, *sides):
        yield from (StreamRef(Account, account_id) for account_id in accounts_in(side, tenant_id, wallets_known(tenant_id)).values())
    for customer_id in (command.customer_id, other_id):
        yield StreamRef(CustomerLevels, customer_levels_id(tenant_id, customer_id))


@handles(JoinAccounts, streams=streams_of_both, reads=lambda command, circumstances: [WALLETS, LEVELS_STATE])
def join_accounts(command: JoinAccounts, unit: Unit) -> None:
    _remember(unit, command.customer_id, (*command.sides, *command.joining))
    climb = climb_alone(unit, command.customer_id, command.sides)  # what each of them lost by now they lost alone
    other = climb_alone(unit, command.joined_id, command.joining)
    for sides in (command.sides, command.joining, (*command.sides, *command.joining)):
        _settle(unit, sides)
    if climb is None or other is None:
        return
    accounts = [account_alone(unit, side, WALLET) for side in command.joining]
    wanted = [purchase_id for purchase_id, at in purchases_of(unit, command.joining) if climb.may_count_again(purchase_id, at)]
    kept = kept_points(accounts)
    for begin in range(0, len(wanted), MOST_PURCHASES):
        purchases = purchases_locked(unit, wanted[begin : begin + MOST_PURCHASES], accounts)
        if told := [one for purchase in purchases if (one := climb.changed(purchase, kept.get(purchase.id, 0)))]:
            climb.levels.count_past(command.customer_id, told, climb.book, climb.zone, unit.now)
    join(command.customer_id, climb.levels, command.joined_id, other.levels, climb.book, unit.now)


@handles(PartAccounts, streams=streams_of_both, reads=lambda command, circumstances: [WALLETS, LEVELS_STATE])
def part_accounts(command: PartAccounts, unit: Unit) -> None:
    _remember(unit, command.customer_id, command.sides)
    _remember(unit, command.parted_id, command.parting)
    together = (*command.sides, *command.parting)
    climb = climb_alone(unit, command.customer_id, together)  # what they lost by now they lost as one
    _settle(unit, together)
    other = climb_as_noted(unit, command.parted_id)
    _part(unit, command)
    if climb is None or other is None:
        return
    accounts = [account_alone(unit, side, WALLET) for side in command.parting]
    bought = purchases_of(unit, command.parting)
    kept = kept_points(accounts)
    purchases = purchases_locked(unit, [purchase_id for purchase_id, _ in bought], accounts)
    gone = list(_nothing(climb, [one.id for one in purchases]))
    keep_ends(climb.levels, command.parted_id, other.levels, climb.book, climb.zone, command.merged_at, unit.now)
    part_levels(climb.levels, command.parted_id, command.parting, other.levels, gone, climb.book, climb.zone, unit.now)
    told = [one for purchase in purchases if (one := other.changed(purchase, kept.get(purchase.id, 0)))]
    before = {purchase_id for tally in other.levels.tallies.values() for purchase_id in tally.counts}
    catch_up(command.parted_id, other.levels, [one for one in told if one.purchase_id not in before], other.book, other.zone)
    settle_alone(unit, other, command.parted_id, command.parting)
    recount(command.parted_id, other.levels, [one for one in told if one.purchase_id in before], other.book, other.zone, unit.now)


def _settle(unit: Unit, sides: Iterable[UUID]) -> None:
    """What has ended by now of those who are one until now ended so, whether anybody looked before or not; in every wallet."""
    for code in wallets_of(unit).codes:
        settle_together([account_alone(unit, side, code) for side in sides], unit.now)


def _part(unit: Unit, command: PartAccounts) -> None:
    """Each has what came by them, in every wallet."""
    wallets = wallets_of(unit)
    for code in wallets.codes:
        there = [one for side in (*command.sides, *command.parting) if (one := account_alone(unit, side, code)).exists]
        leaving = {one.id for one in there if one.customer_id in command.parting}
        if leaving and len(leaving) < len(there):
            alone: dict[UUID, Account] = {}
            for sides in (command.sides, command.parting):
                since = {side: command.since[side] for side in sides}
                alone |= apart(unit.tenant_id, since, code, partial(wallets.policy, code), unit.now, there)
            part(there, alone, leaving, unit.now)


def _nothing(climb: Climb, purchase_ids: Iterable[UUID]) -> Iterator[PastPurchase]:
    """Purchases that count nothing any more, where they counted."""
    for purchase_id in purchase_ids:
        counted = [(tally, tally.counts[purchase_id]) for tally in climb.levels.tallies.values() if purchase_id in tally.counts]
        if counted:
            counts = tuple(replace(count, points=0, amount=0, purchases=0) for _, count in counted)
            yield PastPurchase(purchase_id=purchase_id, purchased_at=counted[0][0].time_of(purchase_id), counts=counts)


def _remember(unit: Unit, customer_id: UUID, sides: tuple[UUID, ...]) -> None:
    for side in sides:
        remember(unit.tenant_id, side, Sides(customer_id, sides))

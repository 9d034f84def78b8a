"""Points given and taken by hand, and the second person's word on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from uuid import UUID

from customers.queries import standing_read
from earning.commands import AccountAnswer, AdjustPoints, ApproveCorrection, RejectCorrection, WaitingAnswer
from earning.domain.account import Account
from earning.domain.correcting import Correction, corrected, deduct, grant, too_large_for_one
from earning.domain.reason import check_reason
from earning.domain.wallets import WalletPolicy
from earning.events import Source
from earning.handlers.accounts import answer, losses_in, policy_of, settle_losses_in, standing
from earning.levelbook import LEVELS_STATE
from earning.poolbook import account_alone, beside, settle_pool, streams_of_pool
from earning.walletbook import WALLETS
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError, NotFound
from loyalty.staff.persons import person_behind, reads_of_person


def streams_of_correction(command: AdjustPoints | ApproveCorrection, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield from streams_of_pool(circumstances.tenant_id, command.customer_id, command.wallet)
    yield from losses_in(command.wallet, command.customer_id, circumstances)
    waiting = command.correction_id if isinstance(command, ApproveCorrection) else circumstances.command_id
    yield StreamRef(Correction, waiting)


def reads_of_correction(command: AdjustPoints | ApproveCorrection, circumstances: Circumstances) -> Iterator[Read]:
    yield from (WALLETS, LEVELS_STATE, standing_read(command.customer_id), *reads_of_person(circumstances))


@handles(AdjustPoints, streams=streams_of_correction, reads=reads_of_correction)
def adjust_points(command: AdjustPoints, unit: Unit) -> AccountAnswer:
    account, policy, reason = _account(command, unit), policy_of(command.wallet, unit), check_reason(command.reason)
    if not command.points:
        raise DomainError("earning.points_zero", field="points")
    person = person_behind(unit)
    accounts = (account, *beside(unit, account))
    if too_large_for_one(accounts, policy, abs(command.points), person, unit.now):
        unit.load(Correction, unit.circumstances.command_id).propose(command, reason, person, unit.now)
        together, most = corrected(accounts, person, unit.now) + abs(command.points), policy.terms.approval_above or 0
        return WaitingAnswer(**asdict(answer(account, unit, 0)) | {"waits": True}, together=together, most=most)
    adjust(account, policy, command.customer_id, command.points, unit, command.source, reason, person)
    return answer(account, unit, abs(command.points))


@handles(ApproveCorrection, streams=streams_of_correction, reads=reads_of_correction)
def approve_correction(command: ApproveCorrection, unit: Unit) -> AccountAnswer:
    account, policy = _account(command, unit), policy_of(command.wallet, unit)
    proposed = unit.load(Correction, command.correction_id).approve(unit.circumstances.actor, unit.now)
    if (proposed.customer_id, proposed.wallet) != (command.customer_id, command.wallet):
        raise NotFound("earning.correction_unknown", field="correction_id")
    adjust(account, policy, command.customer_id, proposed.points, unit, "manual", proposed.reason)
    return answer(account, unit, abs(proposed.points))


@handles(RejectCorrection, streams=lambda command, circumstances: [StreamRef(Correction, command.correction_id)])
def reject_correction(command: RejectCorrection, unit: Unit) -> UUID:
    unit.load(Correction, command.correction_id).reject(command.reason, unit.circumstances.actor, unit.now)
    return command.correction_id


def adjust(
    account: Account, policy: WalletPolicy, customer_id: UUID, points: int, unit: Unit, source: Source, reason: str, by: str = ""
) -> None:
    """Give points above zero, take those below; `by` is who decides it alone."""
    if points > 0:
        grant(account, policy, customer_id, points, unit.circumstances.command_id, source, reason, unit.now, by)
        settle_pool(unit, account)
    else:
        deduct(account, policy, -points, unit.circumstances.command_id, reason, unit.now, by, beside(unit, account))


def _account(command: AdjustPoints | ApproveCorrection, unit: Unit) -> Account:
    if standing(command.customer_id, unit) in {None, "erased"}:
        raise DomainError("earning.customer_unknown", field="customer_id")
    settle_losses_in(command.wallet, command.customer_id, unit)
    return settle_pool(unit, account_alone(unit, command.customer_id, command.wallet))

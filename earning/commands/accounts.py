"""What can be asked of points accounts. All points are in the wallet's smallest unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from earning.domain.shares import Share
from earning.domain.terms import Wallet
from earning.events import Source
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAnswer:
    """What an order moved: `points` (unsigned), and what can be spent and what is there afterwards.

    `id` names the spending, hold, restoring, correction or transfer. `waits` for a second person: nothing has moved yet.
    """

    id: UUID
    points: int
    available: int
    balance: int
    shares: tuple[Share, ...] = ()
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingAnswer(AccountAnswer):
    """A correction that waits: with it the same person corrected `together` so many points of the account within 24 hours, and that is
    above `most`.
    """

    together: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAnswer:
    """What was passed on; `sent` None: nobody who may receive points was named (unknown, inactive, erased and full alike)."""

    sent: AccountAnswer | None


@command
class SpendPoints(Command[AccountAnswer]):
    """Spend points: those that end soonest first, then the oldest. `reference_id` names what they are spent on.

    Refusals: earning.not_enough_points (params wanted, available, missing), earning.account_is_blocked,
    earning.customer_not_active, earning.customer_unknown, earning.points_not_positive, earning.wallet_unknown.
    """

    customer_id: UUID
    points: int
    reference_id: UUID | None = None
    wallet: Wallet = "points"


@command
class HoldPoints(Command[AccountAnswer]):
    """Keep points aside until `ends_at` (at most a week), for what `reference_id` names; they are free again by themselves.

    Refusals as for SpendPoints, earning.hold_ends_before_now and earning.hold_too_long.
    """

    customer_id: UUID
    points: int
    ends_at: datetime
    reference_id: UUID | None = None
    wallet: Wallet = "points"


@command
class ConfirmHold(Command[AccountAnswer]):
    """Spend what was kept aside.

    Refusals: earning.hold_unknown, earning.hold_ended, earning.hold_confirmed, earning.hold_released, earning.account_is_blocked.
    """

    customer_id: UUID
    hold_id: UUID
    wallet: Wallet = "points"


@command
class ReleaseHold(Command[AccountAnswer]):
    """Free what was kept aside. Refusals: earning.hold_unknown, earning.hold_ended, earning.hold_confirmed, earning.hold_released."""

    customer_id: UUID
    hold_id: UUID
    wallet: Wallet = "points"


@command
class RestorePoints(Command[AccountAnswer]):
    """Give back what was spent (`points` None: all that has not come back), to the lots that gave it; `up_to`: no more than has not come
    back, and nothing when all of it has.

    Refusals: earning.spend_unknown, earning.restored_before (all of it, param points), earning.restored_too_much (param left).
    """

    customer_id: UUID
    spend_id: UUID
    points: int | None = None
    wallet: Wallet = "points"
    up_to: bool = False


@command
class AdjustPoints(Command[AccountAnswer]):
    """Give points (above zero) or take them (below zero), with a reason. Above the wallet's amount it waits for a second person.

    The corrections of an account by one person within 24 hours count together, given and taken, cancelled lots among them; a program
    counts as the member of staff who issued its token.

    Refusals: earning.reason_missing, earning.reason_invalid, earning.customer_unknown, earning.points_zero,
    earning.not_enough_points, earning.too_many_points.
    """

    customer_id: UUID
    points: int
    reason: str
    source: Source = "manual"
    wallet: Wallet = "points"


@command
class ApproveCorrection(Command[AccountAnswer]):
    """Agree to a correction that waits; its customer and wallet are named again. Not by the person who proposed it.

    Refusals: earning.correction_unknown, earning.correction_is_decided, earning.second_person_needed,
    earning.program_approves_nothing, and those of AdjustPoints.
    """

    correction_id: UUID
    customer_id: UUID
    wallet: Wallet = "points"


@command
class RejectCorrection(Command[UUID]):
    """Refuse a correction that waits, with a reason. Refusals: earning.correction_unknown, earning.correction_is_decided."""

    correction_id: UUID
    reason: str


@command
class CancelLot(Command[AccountAnswer]):
    """Take what is left of a lot that should not have been given.

    Refusals: earning.lot_unknown, earning.lot_is_empty, earning.lot_too_large_for_one (params points, before, most).
    """

    customer_id: UUID
    lot_id: UUID
    reason: str
    wallet: Wallet = "points"


@command
class TransferPoints(Command[TransferAnswer]):
    """Pass points on to another customer, with the ends that they have; the answer tells of the sender's account only.

    `recipient_id` None stands for somebody whom nobody knows. A try that does not reach anybody counts. Refusals:
    earning.transfer_tries_used_up, earning.transfer_to_oneself, earning.too_many_transfers, and those of SpendPoints.
    """

    customer_id: UUID
    recipient_id: UUID | None
    points: int
    wallet: Wallet = "points"


@command
class CountTransferTry(Command[None]):
    """Count a transfer that was only tried out: who receives points is not found out for nothing.

    Refusal: earning.transfer_tries_used_up.
    """

    customer_id: UUID


@command
class BlockAccount(Command[AccountAnswer]):
    """Let nothing be spent or passed on, with a reason; points still come in.

    Refusals: earning.account_is_blocked_already, and of the reason.
    """

    customer_id: UUID
    reason: str
    wallet: Wallet = "points"


@command
class UnblockAccount(Command[AccountAnswer]):
    """Let an account be used again, with a reason. Refusals: earning.account_is_not_blocked,
    earning.account_is_unblocked_already, and of the reason."""

    customer_id: UUID
    reason: str
    wallet: Wallet = "points"


@command
class ResetPoints(Command[int]):
    """Let the points end that were active in a wallet when its customer lost a level of a set whose terms take them. Answers with
    their number. What is held, was spent meanwhile or came later is not touched.
    """

    customer_id: UUID
    set_id: UUID
    lost_at: datetime
    wallet: Wallet = "points"


@command
class ForfeitPoints(Command[int]):
    """Let all points of a wallet end whose customer was erased, held or not. Answers with their number: 0 while the customer is there."""

    customer_id: UUID
    wallet: Wallet = "points"


@command
class NoteTime(Command[int]):
    """Note what time did to an account: points that ended, became active, or will end soon. Answers with the number of facts.

    Nothing depends on when this is done, but what the customer is told of. `customer_id` is whose it is; None for an account of nobody.
    """

    account_id: UUID
    customer_id: UUID | None
    wallet: Wallet = "points"

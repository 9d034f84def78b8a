"""Points corrected, cancelled and passed on, accounts blocked: each order with its reason."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec

from customers.queries import customer_by
from earning import queries
from earning.api.spending import MOST, OrderView, Points
from earning.commands import (
    AccountAnswer,
    AdjustPoints,
    ApproveCorrection,
    BlockAccount,
    CancelLot,
    CountTransferTry,
    RejectCorrection,
    TransferAnswer,
    TransferPoints,
    UnblockAccount,
    WaitingAnswer,
)
from earning.domain.shares import Share
from earning.permissions import ADJUST, APPROVE, BLOCK, TRANSFER
from earning.wording import waiting_sentence
from loyalty.api.idempotency import Answer
from loyalty.api.problems import of_refusal
from loyalty.api.views import CommandView
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.tenancy import reading

SignedPoints = Annotated[int, msgspec.Meta(ge=-MOST, le=MOST, description="In the smallest unit of the wallet.")]


class AdjustBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many points to give, or below zero to take, and why."""

    points: SignedPoints
    reason: str
    wallet: str = "points"


class ReasonBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why."""

    reason: str
    wallet: str = "points"


class RejectBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why."""

    reason: str


class TransferBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many points to pass on, and to whom: by one of `customer_id`, `phone` and `email`."""

    points: Points
    customer_id: UUID | None = None
    phone: str = ""
    email: str = ""
    wallet: str = "points"


class WhyItWaits(msgspec.Struct, frozen=True, kw_only=True):
    """Which correction waits, and why: with it the same person corrected `together` so many points of the account within 24 hours, and
    that is above `most`. `message` says it in the caller's language.
    """

    correction_id: UUID
    together: int
    most: int
    message: str


class Adjusted(msgspec.Struct, frozen=True, kw_only=True):
    """What a correction moved: `points` (unsigned), and what can be spent and what is there afterwards. Where it `waits` for a second
    person nothing has moved yet, and `waiting` says why.
    """

    id: UUID
    points: int
    available: int
    balance: int
    shares: tuple[Share, ...]
    waits: bool
    waiting: WhyItWaits | None = None


class AdjustView(OrderView):
    """Give or take points by hand. Above the wallet's `approval_above` the correction `waits` for somebody else to approve it.

    What one person gave and took in the last 24 hours counts together, whichever way it went: after 60 and -30 a correction of 20 is
    one of 110.
    """

    permission = ADJUST
    body = AdjustBody
    answer = Adjusted
    status = 201
    wallet = "points"
    """The one that the body names."""

    def command(self, body: AdjustBody, **path: Any) -> Command[AccountAnswer]:
        self.wallet = body.wallet
        return AdjustPoints(customer_id=self.customer(path), points=body.points, reason=body.reason, wallet=body.wallet)

    def present(self, result: AccountAnswer) -> Adjusted:
        moved = {name: getattr(result, name) for name in ("id", "points", "available", "balance", "shares", "waits")}
        return Adjusted(**moved, waiting=self._why(result) if isinstance(result, WaitingAnswer) else None)

    def _why(self, result: WaitingAnswer) -> WhyItWaits:
        with reading(self.tenant.id):
            unit = queries.wallets_here().unit(self.wallet)
        said = waiting_sentence(result, unit)
        return WhyItWaits(correction_id=result.id, together=result.together, most=result.most, message=said)


class CancelLotView(OrderView):
    """Take what is left of a lot that should not have been given."""

    permission = ADJUST
    body = ReasonBody

    def command(self, body: ReasonBody, **path: Any) -> Command[AccountAnswer]:
        return CancelLot(customer_id=self.customer(path), lot_id=path["lot_id"], reason=body.reason, wallet=body.wallet)


class BlockView(OrderView):
    """Block an account: points come in, but none can be spent or passed on."""

    permission = BLOCK
    body = ReasonBody

    def command(self, body: ReasonBody, **path: Any) -> Command[AccountAnswer]:
        return BlockAccount(customer_id=self.customer(path), reason=body.reason, wallet=body.wallet)


class UnblockView(OrderView):
    """Let a blocked account be used again."""

    permission = BLOCK
    body = ReasonBody

    def command(self, body: ReasonBody, **path: Any) -> Command[AccountAnswer]:
        return UnblockAccount(customer_id=self.customer(path), reason=body.reason, wallet=body.wallet)


class TransferView(OrderView):
    """Pass points on to another customer, of whom nothing is told. Five tries a day may fail; each that is only
    tried out counts as one.
    """

    permission = TRANSFER
    body = TransferBody
    named: str = "customer_id"
    """The field of the body that says who gets the points."""

    def command(self, body: TransferBody, **path: Any) -> Command[Any]:
        sender = self.customer(path)
        return TransferPoints(customer_id=sender, recipient_id=self._recipient(body), points=body.points, wallet=body.wallet)

    def _tried(self, command: Command[Any]) -> Answer:
        """What it would do is told for one of the day's tries, whether somebody was found or not."""
        assert isinstance(command, TransferPoints)
        result = self._dispatch(command, dry_run=True)
        self._dispatch(CountTransferTry(customer_id=command.customer_id))
        return self._render(result)

    def _dispatch(self, command: Command[Any], **how: Any) -> Any:
        """A refusal of the recipient is one of the field that named them."""
        try:
            return super()._dispatch(command, **how)
        except DomainError as refusal:
            if refusal.field != "recipient":
                raise
            raise refusal.at(self.named) from None

    def _render(self, result: TransferAnswer) -> Answer:
        if result.sent is None:
            return Answer(422, of_refusal(DomainError("earning.recipient_unavailable", field=self.named)).body())
        return super()._render(result.sent)

    def _recipient(self, body: TransferBody) -> UUID | None:
        named = [name for name in ("customer_id", "phone", "email") if getattr(body, name)]
        if len(named) != 1:
            raise DomainError("earning.recipient_missing", field="customer_id")
        self.named = named[0]
        if body.customer_id is not None:
            return body.customer_id
        with reading(self.tenant.id):
            found = customer_by("phone", body.phone) if body.phone else customer_by("email", body.email)
        return found.side if found else None


class ApproveView(CommandView):
    """Approve a correction that waits; not one's own. Only a person may, never a program."""

    permission = APPROVE
    callers = frozenset({"staff"})
    answer = AccountAnswer
    dry_runs = True

    def command(self, body: None, **path: Any) -> Command[AccountAnswer]:
        with reading(self.tenant.id):
            card = queries.correction(path["correction_id"])
        return ApproveCorrection(correction_id=card.correction_id, customer_id=card.customer_id, wallet=card.wallet)


class RejectView(CommandView):
    """Reject a correction that waits, with a reason; one's own is taken back so."""

    permission = APPROVE
    body = RejectBody
    answer = UUID
    dry_runs = True

    def command(self, body: RejectBody, **path: Any) -> Command[UUID]:
        return RejectCorrection(correction_id=path["correction_id"], reason=body.reason)

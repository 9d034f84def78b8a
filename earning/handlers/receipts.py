"""A customer claims a receipt: a few tries a day, and one answer to all that fail."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from earning.attempts import count_try
from earning.commands import ClaimPurchase, ClaimReceipt, ReceiptAnswer
from earning.handlers.claims import reads_of_claim, streams_of_claim
from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day


def streams_of_receipt(command: ClaimReceipt, circumstances: Circumstances) -> Iterator[StreamRef]:
    if (claim := _claim(command)) is not None:
        yield from streams_of_claim(claim, circumstances)


def reads_of_receipt(command: ClaimReceipt, circumstances: Circumstances) -> Iterator[Read]:
    if (claim := _claim(command)) is not None:
        yield from reads_of_claim(claim, circumstances)


@handles(ClaimReceipt, streams=streams_of_receipt, reads=reads_of_receipt)
def claim_receipt(command: ClaimReceipt, unit: Unit) -> ReceiptAnswer:
    """A try counts, whatever becomes of it: so a claim that fails is an answer, and no refusal that would undo it."""
    day = business_day(unit.now, ZoneInfo(command.zone))
    count_try("receipt", command.customer_id, day, unit)
    claim = _claim(command)
    try:
        claimed = None if claim is None else unit.attempt(claim)
    except DomainError:
        claimed = None
    return ReceiptAnswer(claimed=None if claimed is None or claimed.duplicate else claimed)


def _claim(command: ClaimReceipt) -> ClaimPurchase | None:
    return None if command.purchase_id is None else ClaimPurchase(purchase_id=command.purchase_id, customer_id=command.customer_id)

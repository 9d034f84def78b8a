"""Batches of codes. Who takes a code of a reward, and who withdraws a batch of it, wait for each other."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from loyalty.bus import Read, StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import Conflict
from loyalty.lookup import lookup_version
from loyalty.staff.actors import actors
from loyalty.tenancy.middleware import tenant_of_id
from rewards.commands.batches import AddSharedCode, BatchAnswer, BeginUploaded, ExportBatch, FillBatch, MakeCodes, WithdrawBatch
from rewards.domain.batch import CodeBatch, check_codes_of
from rewards.domain.checks import check_reaches_nobody
from rewards.domain.code import given_code
from rewards.domain.offer import Offer
from rewards.rewardbook import offer_of, reward_read
from rewards.stock import bar_taking, put_shared

OfOneBatch = ExportBatch | FillBatch | WithdrawBatch
BY_WHOM = "select exported_by from rewards_code_batch where tenant_id = %s and id = %s"


def stream_of_batch(command: OfOneBatch, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(CodeBatch, command.batch_id)


def stream_of_new_batch(command: MakeCodes | AddSharedCode | BeginUploaded, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(CodeBatch, circumstances.command_id)


def read_of_making(command: MakeCodes | AddSharedCode | BeginUploaded, circumstances: Circumstances) -> Iterator[Read]:
    yield reward_read(command.reward_id)


@handles(MakeCodes, streams=stream_of_new_batch, reads=read_of_making)
def make_codes(command: MakeCodes, unit: Unit) -> BatchAnswer:
    offer = offer_of(unit, command.reward_id)
    check_codes_of(offer.terms.codes, "stock")
    _refuse_ended(offer, unit)
    batch = unit.load(CodeBatch, unit.circumstances.command_id)
    prefix = offer.terms.code_prefix if command.code_prefix is None else command.code_prefix
    batch.begin(command.reward_id, "generated", command.codes, prefix, unit.now)
    return answer(batch)


@handles(BeginUploaded, streams=stream_of_new_batch, reads=read_of_making)
def begin_uploaded(command: BeginUploaded, unit: Unit) -> BatchAnswer:
    offer = offer_of(unit, command.reward_id)
    check_codes_of(offer.terms.codes, "stock")
    _refuse_ended(offer, unit)
    batch = unit.load(CodeBatch, unit.circumstances.command_id)
    batch.begin(command.reward_id, "uploaded", None, "", unit.now)
    return answer(batch)


@handles(AddSharedCode, streams=stream_of_new_batch, reads=read_of_making)
def add_shared_code(command: AddSharedCode, unit: Unit) -> BatchAnswer:
    offer = offer_of(unit, command.reward_id)
    check_codes_of(offer.terms.codes, "shared")
    _refuse_ended(offer, unit)
    code, batch = given_code(command.code), unit.load(CodeBatch, unit.circumstances.command_id)
    batch.begin(command.reward_id, "shared", 1, "", unit.now)
    digest = put_shared(unit, command.reward_id, batch.id, code)
    batch.fill(1, sha256(digest).hexdigest(), lookup_version(), unit.now)
    return answer(batch)


@handles(FillBatch, streams=stream_of_batch)
def fill_batch(command: FillBatch, unit: Unit) -> BatchAnswer:
    batch = unit.load(CodeBatch, command.batch_id)
    batch.fill(command.codes, command.digest, command.key_version, unit.now)
    return answer(batch)


@handles(WithdrawBatch, streams=stream_of_batch)
def withdraw_batch(command: WithdrawBatch, unit: Unit) -> BatchAnswer:
    batch = unit.load(CodeBatch, command.batch_id)
    _check_reason(command.reason, unit)
    batch.withdraw(command.reason, unit.now)
    made = answer(batch)
    bar_taking(unit, made.reward_id)
    return made


@handles(ExportBatch, streams=stream_of_batch)
def export_batch(command: ExportBatch, unit: Unit) -> BatchAnswer:
    batch = unit.load(CodeBatch, command.batch_id)
    _check_reason(command.reason, unit)
    batch.export(command.reason, unit.now, by_whom=lambda: _by_whom(unit, batch))
    made = answer(batch)
    bar_taking(unit, made.reward_id)
    return made


def answer(batch: CodeBatch) -> BatchAnswer:
    """What an order left of a batch."""
    assert batch.begun is not None
    codes = batch.filled.codes if batch.filled else None
    return BatchAnswer(batch_id=batch.id, reward_id=batch.begun.reward_id, state=batch.state, codes=codes)


def _by_whom(unit: Unit, batch: CodeBatch) -> str:
    """The name of who exported a batch; "" where nobody knows it any more."""
    return next((actors([by]).get(by, "") for (by,) in unit.execute(BY_WHOM, [unit.tenant_id, batch.id])), "")


def _check_reason(reason: str, unit: Unit) -> None:
    """It stands in the log in clear: no person is its subject."""
    check_reaches_nobody(reason, "reason", tenant_of_id(unit.tenant_id).currency)


def _refuse_ended(offer: Offer, unit: Unit) -> None:
    if offer.ends_at is not None and offer.ends_at <= unit.now:
        raise Conflict("rewards.is_ended", name=offer.content.name, ends_at=offer.ends_at)

"""What is settled for all purchases of a programme."""

from __future__ import annotations

from collections.abc import Iterator

from earning.commands import RateAnswer, SetExchangeRate, SetMatchingOrder
from earning.domain.programme import Programme, programme_id
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances


def stream_of_programme(command: SetMatchingOrder | SetExchangeRate, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(Programme, programme_id(circumstances.tenant_id))


@handles(SetMatchingOrder, streams=stream_of_programme)
def set_matching_order(command: SetMatchingOrder, unit: Unit) -> None:
    unit.load(Programme, programme_id(unit.tenant_id)).match_by(command.kinds, unit.now)


@handles(SetExchangeRate, streams=stream_of_programme)
def set_exchange_rate(command: SetExchangeRate, unit: Unit) -> RateAnswer:
    programme, since = unit.load(Programme, programme_id(unit.tenant_id)), command.effective_at or unit.now
    programme.exchange_at(command.currency, command.rate, command.into, since)
    return RateAnswer(currency=command.currency, into=command.into, rate=command.rate, since=since)

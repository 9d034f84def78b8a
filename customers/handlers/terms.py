"""The terms of the programme."""

from __future__ import annotations

from collections.abc import Iterable

from customers.commands import PublishTerms
from customers.domain.terms import Terms, terms_id
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances


def stream_of_terms(command: PublishTerms, circumstances: Circumstances) -> Iterable[StreamRef]:
    yield StreamRef(Terms, terms_id(circumstances.tenant_id))


@handles(PublishTerms, streams=stream_of_terms)
def publish_terms(command: PublishTerms, unit: Unit) -> int:
    return unit.load(Terms, terms_id(unit.tenant_id)).publish(command.texts, command.seen_version, unit.now)

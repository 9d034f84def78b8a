"""What a customer agreed to, purpose by purpose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import assert_never
from uuid import UUID

from customers.domain import text
from customers.domain.purposes import PURPOSES, ConsentPurpose, ConsentSource
from customers.events import ConsentGiven, ConsentWithdrawn
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import derived_id

LONGEST_VERSION = 40


@lru_cache(maxsize=1024)
def consents_id(tenant_id: int, customer_id: UUID) -> UUID:
    """The stream that says what a customer agreed to."""
    return derived_id("consents", tenant_id, customer_id)


class Consents(Aggregate):
    """Stream `consents`. A purpose that nobody was asked about is not agreed to."""

    stream = "consents"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.given: dict[ConsentPurpose, str] = {}
        """By purpose the version of the text that they agreed to."""
        self.refused: set[ConsentPurpose] = set()
        """To what they agreed once, and do no longer."""

    def change(
        self, customer_id: UUID, wanted: Mapping[ConsentPurpose, bool], text_version: str, source: ConsentSource, now: datetime
    ) -> None:
        """Agree, or agree no longer. The same purpose with the same text is no event; with another text it is a new consent.

        Raises DomainError `customers.terms_needed` when the terms are withdrawn, `customers.text_version_missing`.
        """
        version = text.plain(text_version, "text_version", LONGEST_VERSION)
        for purpose in sorted(wanted, key=PURPOSES.index):
            if wanted[purpose]:
                self._give(customer_id, purpose, version, source, now)
            else:
                self._withdraw(customer_id, purpose, source, now)

    def _give(self, customer_id: UUID, purpose: ConsentPurpose, version: str, source: ConsentSource, now: datetime) -> None:
        if not version and purpose not in self.given:
            raise DomainError("customers.text_version_missing", field="text_version")
        if version and self.given.get(purpose) != version:
            self.record(ConsentGiven(customer_id=customer_id, purpose=purpose, text_version=version, source=source, agreed_at=now))

    def _withdraw(self, customer_id: UUID, purpose: ConsentPurpose, source: ConsentSource, now: datetime) -> None:
        if purpose not in self.given:
            return
        if purpose == "terms":
            raise DomainError("customers.terms_needed", field="consents.terms")
        self.record(ConsentWithdrawn(customer_id=customer_id, purpose=purpose, source=source, withdrawn_at=now))

    def evolve(self, event: ConsentGiven | ConsentWithdrawn) -> None:
        match event:
            case ConsentGiven():
                self.given[event.purpose] = event.text_version
                self.refused.discard(event.purpose)
            case ConsentWithdrawn():
                self.given.pop(event.purpose, None)
                self.refused.add(event.purpose)
            case _:
                assert_never(event)

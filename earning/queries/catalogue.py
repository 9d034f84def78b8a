"""What points could buy next: told by the context that keeps a catalogue of rewards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from earning.commands import NextInCatalogue

Teller = Callable[[UUID, Mapping[str, int]], NextInCatalogue | None]
"""Says for a customer, and what they would have of each wallet, what they would not reach yet by the least."""
_tellers: list[Teller] = []


def tell_of_catalogue(teller: Teller) -> None:
    """Let previews of purchases ask `teller`."""
    _tellers[:] = [teller]


def next_in_catalogue(customer_id: UUID, balances: Mapping[str, int]) -> NextInCatalogue | None:
    """The reward that a customer reaches next with so much in each wallet; None where none lies ahead."""
    return next((teller(customer_id, balances) for teller in _tellers), None)

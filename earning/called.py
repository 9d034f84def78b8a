"""What pages call the points of a programme: the unit of its wallet `points`."""

from __future__ import annotations

from dataclasses import dataclass

from earning.domain.wallets import Unit
from earning.streams import WALLET
from earning.units import phrase
from earning.walletbook import wallets_here
from loyalty.house import formats
from loyalty.tenancy import reading


@dataclass(frozen=True, slots=True)
class PointsOf:
    """Points of a wallet, in its smallest unit."""

    unit: Unit

    def figure(self, amount: int, language: str, *, signed: bool = False) -> str:
        return formats.points(amount, language, decimals=self.unit.decimals, signed=signed)

    def phrase(self, amount: int, language: str, *, signed: bool = False) -> str:
        return phrase(self.unit, amount, language, signed=signed)


def points_of(tenant_id: int) -> PointsOf:
    """Those of a tenant."""
    with reading(tenant_id):
        return PointsOf(wallets_here().unit(WALLET))

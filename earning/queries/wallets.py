"""Wallets as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from earning.domain.wallet_type import wallet_id
from earning.domain.wallets import POINTS, STANDARD_UNITS, Unit, UnitName, WalletTerms
from earning.models import Wallet
from earning.queries.here import tenant_here
from loyalty.domain.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletCard:
    """A wallet as it stands: its current `terms`, in force for points given from `effective_at` on.

    `version` is 0, and there is no time, for the wallet `points` that nobody set up.
    """

    wallet_id: UUID
    code: str
    decimals: int
    units: tuple[UnitName, ...]
    terms: WalletTerms
    version: int
    effective_at: datetime | None

    def unit(self, language: str) -> UnitName:
        """What a unit is called; in the tenant's first language where there is no name."""
        return next((unit for unit in self.units if unit.language == language), self.units[0])


def unit_of(card: WalletCard) -> Unit:
    """What is counted in a wallet."""
    return Unit(wallet=card.code, decimals=card.decimals, names=card.units)


def wallets() -> list[WalletCard]:
    """Every wallet of the tenant by code; `points` is among them, whether anybody set it up or not."""
    rows = list(Wallet.objects.filter(tenant_id=tenant_here()))
    return sorted(map(wallet_of_row, with_standard(rows, tenant_here())), key=lambda card: card.code)


def wallet(code: str) -> WalletCard:
    """One wallet. Raises NotFound `earning.wallet_unknown`."""
    for card in wallets():
        if card.code == code:
            return card
    raise NotFound("earning.wallet_unknown", wallet=code)


def with_standard(rows: list[Wallet], tenant_id: int) -> list[Wallet]:
    """The rows of the wallets that were set up, with one for `points` where nobody did: that is in no table."""
    return rows if any(row.code == POINTS for row in rows) else [standard_wallet(tenant_id), *rows]


def standard_wallet(tenant_id: int) -> Wallet:
    """The row of `points`, as it is before anybody sets it up."""
    return Wallet(
        id=wallet_id(tenant_id, POINTS),
        tenant_id=tenant_id,
        code=POINTS,
        decimals=0,
        units=msgspec.to_builtins(STANDARD_UNITS),
        versions=[{"since": None, "terms": msgspec.to_builtins(WalletTerms())}],
        version=0,
    )


def wallet_of_row(row: Wallet) -> WalletCard:
    """What a row of the list says."""
    newest = row.versions[-1]
    return WalletCard(
        wallet_id=row.id,
        code=row.code,
        decimals=row.decimals,
        units=msgspec.convert(row.units, tuple[UnitName, ...]),
        terms=msgspec.convert(newest["terms"], WalletTerms),
        version=row.version,
        effective_at=datetime.fromisoformat(newest["since"]) if newest["since"] else None,
    )

"""What happened to wallets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from earning.domain.wallets import UnitName, WalletTerms
from loyalty.domain.event import event


@event("earning.wallet_configured", version=1)
class WalletConfigured:
    """A wallet was set up, or its terms were changed for points given from `effective_at` on.

    `code` names it within the tenant; a unit of it has `decimals`, which never change.
    """

    wallet_id: UUID
    code: str
    version: int
    decimals: int
    units: tuple[UnitName, ...]
    terms: WalletTerms
    effective_at: datetime

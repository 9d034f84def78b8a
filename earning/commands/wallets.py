"""What can be asked of wallets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from earning.domain.wallets import UnitName, WalletTerms
from loyalty.domain.command import Command, command


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletAnswer:
    """Where a wallet stands now: its code, the version of its terms, and for points given from when on these hold."""

    wallet_id: UUID
    code: str
    version: int
    effective_at: datetime


@command
class ConfigureWallet(Command[WalletAnswer]):
    """Set a wallet up, or give it new terms for points given from `effective_at` on (None: now; a time in the past serves imports).

    `points` is there before anybody sets it up; its decimals are 0 then. `units` are the names in all languages. A `new` wallet must
    not be there yet. Refusals: earning.wallet_code_invalid, earning.wallet_code_taken, earning.wallet_decimals_fixed,
    earning.wallet_changed_meanwhile (another than `seen_version`), and others that name the term at fault.
    """

    code: str
    decimals: int
    units: tuple[UnitName, ...]
    terms: WalletTerms
    effective_at: datetime | None = None
    seen_version: int | None = None
    new: bool = False

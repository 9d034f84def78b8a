"""Setting a wallet up, and changing its terms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from earning.domain.wallets import POINTS, UnitName, WalletTerms, check_names
from earning.events import WalletConfigured
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.identity import derived_id


def wallet_id(tenant_id: int, code: str) -> UUID:
    """The stream of a tenant's wallet."""
    return derived_id("wallet", tenant_id, code)


class WalletType(Aggregate):
    """One kind of points of a tenant. New terms hold for points given from then on; what was given keeps its ends."""

    stream = "wallet"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.current: WalletConfigured | None = None
        self.begun: list[datetime] = []

    def configure(
        self,
        code: str,
        decimals: int,
        units: tuple[UnitName, ...],
        terms: WalletTerms,
        at: datetime,
        seen_version: int | None,
        now: datetime,
        *,
        new: bool = False,
    ) -> None:
        """Set it up or change it; a `new` one is only set up, and `points` is there from the beginning. Terms to come are replaced.

        Raises DomainError for what no wallet can be and for a time before terms that hold already (`earning.wallet_since_before`),
        Conflict when `seen_version` is not the current one or a new one is there.
        """
        before = self.current
        if new and (before is not None or code == POINTS):
            raise Conflict("earning.wallet_code_taken", field="code", code=code)
        check_names(code, decimals, units)
        terms.check()
        if seen_version is not None and seen_version != self.number:
            raise Conflict("earning.wallet_changed_meanwhile", field="seen_version", version=self.number, seen=seen_version)
        if before is not None and before.decimals != decimals:
            raise DomainError("earning.wallet_decimals_fixed", field="decimals", decimals=before.decimals)
        if (begun := [one for one in self.begun if one <= now]) and at < max(begun):
            raise DomainError("earning.wallet_since_before", field="effective_at", earliest=max(begun))
        self.record(
            WalletConfigured(
                wallet_id=self.id, code=code, version=self.number + 1, decimals=decimals, units=units, terms=terms, effective_at=at
            )
        )

    @property
    def number(self) -> int:
        """Of the current version; 0 before it was set up."""
        return self.current.version if self.current else 0

    def evolve(self, event: WalletConfigured) -> None:
        self.current = event
        self.begun = [one for one in self.begun if one < event.effective_at] + [event.effective_at]

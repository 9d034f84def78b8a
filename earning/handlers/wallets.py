"""Wallets: each order to its one decision."""

from __future__ import annotations

from collections.abc import Iterator

from earning.commands import ConfigureWallet, WalletAnswer
from earning.domain.wallet_type import WalletType, wallet_id
from loyalty.bus import StreamRef, Unit, handles
from loyalty.domain.command import Circumstances
from loyalty.domain.errors import DomainError

IN_USE = "select id from earning_account where tenant_id = %s and wallet = %s limit 1"
"""Points of `points` are whole until it is set up: those that are there already stay so."""


def stream_of_wallet(command: ConfigureWallet, circumstances: Circumstances) -> Iterator[StreamRef]:
    yield StreamRef(WalletType, wallet_id(circumstances.tenant_id, command.code))


@handles(ConfigureWallet, streams=stream_of_wallet)
def configure_wallet(command: ConfigureWallet, unit: Unit) -> WalletAnswer:
    wallet = unit.load(WalletType, wallet_id(unit.tenant_id, command.code))
    at = command.effective_at or unit.now
    if command.decimals and not command.new and not wallet.exists and unit.execute(IN_USE, [unit.tenant_id, command.code]):
        raise DomainError("earning.wallet_decimals_fixed", field="decimals", decimals=0)
    wallet.configure(command.code, command.decimals, command.units, command.terms, at, command.seen_version, unit.now, new=command.new)
    return WalletAnswer(wallet_id=wallet.id, code=command.code, version=wallet.number, effective_at=at)

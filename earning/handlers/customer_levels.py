"""Levels of customers: each order to its one decision."""

from __future__ import annotations

from earning.commands import SettleLevels
from earning.levelbook import LEVELS_STATE, climb_of, stream_of_levels
from earning.walletbook import WALLETS
from loyalty.bus import Unit, handles


@handles(
    SettleLevels,
    streams=lambda command, circumstances: stream_of_levels(circumstances.tenant_id, command.customer_id),
    reads=lambda command, circumstances: [WALLETS, LEVELS_STATE],
)
def settle_levels(command: SettleLevels, unit: Unit) -> int:
    climb = climb_of(unit, command.customer_id)
    if climb is None:
        return 0
    climb.announce(unit.now)
    return len(climb.levels.pending)

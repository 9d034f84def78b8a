"""Ids of new customers."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from uuid import UUID


def customer_id_for(command_id: UUID, now: datetime) -> UUID:
    """The id of the customer whom a command registers: a UUIDv7 that is the same however often the command is tried."""
    random = int.from_bytes(sha256(b"customer/" + command_id.bytes).digest()[:10], "big")
    value = int(now.timestamp() * 1000) << 80 | random
    value = value & ~(0xF << 76) | (0x7 << 76)
    return UUID(int=value & ~(0x3 << 62) | (0x2 << 62))

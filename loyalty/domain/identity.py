"""Ids: UUIDv7 for new things, derived ids where a business key must be unique."""

from __future__ import annotations

import hmac
import os
import time
from hashlib import sha1, sha256
from operator import attrgetter
from uuid import UUID

NAMESPACE = UUID("5f1c5a1e-6b0f-4d3b-9d3e-1a7e6c0b7a11")
"""Root of every derived id. It must never change: ids in the log stand on it."""
IN_ORDER = attrgetter("int")
"""Sorts ids as PostgreSQL does and as they sort themselves, in a fifth of the time."""
_ROOT = sha1(NAMESPACE.bytes, usedforsecurity=False)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, the rest random, so that indexes grow at one end."""
    value = int.from_bytes((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10), "big")
    value = value & ~(0xF << 76) | (0x7 << 76)
    return UUID(int=value & ~(0x3 << 62) | (0x2 << 62))


def derived_id(*keys: object) -> UUID:
    """UUIDv5 of keys that are not personal; a separator that no key holds keeps ("a", "bc") and ("ab", "c") apart."""
    digest = _ROOT.copy()
    digest.update("\x1f".join(map(str, keys)).encode())
    return UUID(bytes=digest.digest()[:16], version=5)


def keyed_digest(secret: bytes, *keys: object) -> bytes:
    """HMAC-SHA-256 of keys that are personal (phone, email, card): without the secret nobody can try all phones."""
    return hmac.digest(secret, "\x1f".join(map(str, keys)).encode(), sha256)


def keyed_id(secret: bytes, *keys: object) -> UUID:
    """UUIDv8 (RFC 9562 §5.8) from `keyed_digest`."""
    value = int.from_bytes(keyed_digest(secret, *keys)[:16], "big")
    value = value & ~(0xF << 76) | (0x8 << 76)
    return UUID(int=value & ~(0x3 << 62) | (0x2 << 62))

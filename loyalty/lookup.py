"""Finding people by what they gave us without keeping it readable: keyed digests, and ciphertext for what must be shown again."""

from __future__ import annotations

import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from loyalty.domain.identity import keyed_digest, keyed_id
from loyalty.eventstore.keyring import KEY_BYTES, lookup_keys, master_keys
from loyalty.tenancy.current import current_tenant_id

NONCE_BYTES = 12
_digest = lru_cache(maxsize=4096)(keyed_digest)
"""A batch of an import asks for the same digests in every step of its way."""


class Unreadable(Exception):
    """Sealed bytes were changed, or belong to another place than the one they were read from."""


def lookup_version() -> int:
    """Which key `lookup_digest` uses; rows keep it so that a job can re-key them."""
    return max(lookup_keys())


def lookup_digest(kind: str, normal_form: str, *, version: int | None = None, tenant_id: int | None = None) -> bytes:
    """HMAC-SHA-256 (32 bytes) of a personal key such as ("phone", "+84901234567") within a tenant, by default the current one.

    Raises RuntimeError without a tenant, KeyError for a version that the environment does not hold.
    """
    keys = lookup_keys()
    return _digest(keys[version or max(keys)], _tenant(tenant_id), kind, normal_form)


def lookup_digests(kind: str, normal_form: str, tenant_id: int) -> list[bytes]:
    """The digest of a personal key under every key in use, the current one first."""
    return [_digest(key, tenant_id, kind, normal_form) for _version, key in sorted(lookup_keys().items(), reverse=True)]


def barring_digests(kind: str, normal_form: str, tenant_id: int) -> list[bytes]:
    """As `lookup_digests`, under keys of their own: what is kept of people who were erased finds nobody else."""
    keys = sorted(lookup_keys().items(), reverse=True)
    return [_digest(_barring_key(version, key), tenant_id, kind, normal_form) for version, key in keys]


def lookup_id(kind: str, normal_form: str, *, tenant_id: int | None = None) -> UUID:
    """A stream id (UUIDv8) from a personal key. Always made with the oldest key: an id in the log never changes."""
    return keyed_id(lookup_keys()[min(lookup_keys())], _tenant(tenant_id), kind, normal_form)


def seal(plain: bytes, *context: object) -> bytes:
    """Encrypt `plain` (AES-256-GCM); it opens only with the same context, such as table, column and row id."""
    return _sealed(plain, os.urandom(NONCE_BYTES), _bound(context), *_current_master())


def seal_alike(plain: bytes, *context: object) -> bytes:
    """As `seal`, but the same text in the same context gives the same bytes: for projections, which a rebuild repeats.

    The nonce is a keyed digest of context and text, so it repeats only where everything does.
    """
    (version, master), bound = _current_master(), _bound(context)
    nonce = keyed_digest(_nonce_key(version, master), len(bound), bound.hex(), plain.hex())[:NONCE_BYTES]
    return _sealed(plain, nonce, bound, version, master)


def unseal(sealed: bytes, *context: object) -> bytes:
    """What `seal` encrypted. Raises Unreadable."""
    sealed = bytes(sealed)
    key = master_keys().get(sealed[0]) if sealed else None
    if key is None:
        raise Unreadable("the master key that sealed this is not in the environment")
    try:
        return _sealing_key(sealed[0], key).decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], _bound(context))
    except (InvalidTag, ValueError):
        raise Unreadable("sealed bytes do not open in this context") from None


def _current_master() -> tuple[int, bytes]:
    return max(master_keys().items())


def _sealed(plain: bytes, nonce: bytes, bound: bytes, version: int, master: bytes) -> bytes:
    return bytes([version]) + nonce + _sealing_key(version, master).encrypt(nonce, plain, bound)


def _tenant(tenant_id: int | None) -> int:
    found = current_tenant_id() if tenant_id is None else tenant_id
    if found is None:
        raise RuntimeError("a look-up needs a tenant")
    return found


@lru_cache(maxsize=8)
def _sealing_key(version: int, master: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=f"loyalty seal {version}".encode()).derive(master))


@lru_cache(maxsize=8)
def _nonce_key(version: int, master: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"loyalty nonce {version}".encode()).derive(master)


@lru_cache(maxsize=8)
def _barring_key(version: int, key: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"loyalty bar {version}".encode()).derive(key)


def _bound(context: tuple[object, ...]) -> bytes:
    parts = [str(part).encode() for part in context]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)

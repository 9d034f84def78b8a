"""One key for each person that events speak of: made with the first event, destroyed by erasure, never made twice."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from loyalty.eventstore.arrays import int_array, uuid_array
from loyalty.eventstore.keyring import KEY_BYTES, master_keys

NONCE_BYTES = 12
Subject = tuple[int, UUID]
"""A person: tenant id and subject id."""

OBTAIN = (
    "select subject_id, master_version, wrapped_key, current_setting('loyalty.tenant')::int"
    " from event.obtain_keys(%s, %s::smallint, %s::bytea[])"
)
LIVE = """select k.subject_id, k.master_version, k.wrapped_key, k.tenant_id from unnest(%s, %s) w (tenant, id)
    join event.subject_key k on k.tenant_id = w.tenant and k.subject_id = w.id where k.wrapped_key is not null"""
DESTROY = "select event.destroy_key(%s)"


class SubjectKeys:
    """The keys of people as this transaction sees them.

    Nothing is remembered between calls: a key that another process destroyed is gone with the next call. Works on the
    Django connection of `using`, inside an open transaction; `obtain` and `destroy` need the tenant set.
    """

    def __init__(self, using: str = "default") -> None:
        self.using = using

    def obtain(self, subject_ids: Collection[UUID]) -> dict[Subject, AESGCM]:
        """The keys of people by tenant and subject, made where there is none; whose key was destroyed is left out."""
        ids = sorted(set(subject_ids))
        if not ids:
            return {}
        version = max(master_keys())
        rows: list[tuple[UUID, int, bytes | None, int]] = self._rows(
            OBTAIN, (uuid_array(ids), version, [self._fresh(i, version) for i in ids])
        )
        return {(tenant, i): unwrapped(i, v, bytes(w)) for i, v, w, tenant in rows if w is not None}

    def live(self, subjects: Iterable[Subject]) -> dict[Subject, AESGCM]:
        """The keys of those people whose key exists."""
        wanted = list(dict.fromkeys(subjects))
        if not wanted:
            return {}
        rows = self._rows(LIVE, (int_array([t for t, _ in wanted]), uuid_array([i for _, i in wanted])))
        return {(tenant, i): unwrapped(i, v, bytes(w)) for i, v, w, tenant in rows}

    def destroy(self, subject_id: UUID) -> bool:
        """Destroy the key of a person: their personal fields read ERASED. False when it was destroyed before."""
        return bool(self._rows(DESTROY, (subject_id,))[0][0])

    def _fresh(self, subject_id: UUID, version: int) -> bytes:
        return wrapped_key(AESGCM.generate_key(KEY_BYTES * 8), subject_id, version)

    def _rows(self, sql: str, params: tuple[Any, ...]) -> list[Any]:
        connection = connections[self.using]
        connection.ensure_connection()
        with connection.wrap_database_errors:
            return connection.connection.execute(sql, params).fetchall()  # type: ignore[no-any-return]


def wrapped_key(key: bytes, subject_id: UUID, version: int) -> bytes:
    """A person's key under the master key of `version`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _master(version).encrypt(nonce, key, _context(subject_id, version))


def rewrapped(wrapped: bytes, subject_id: UUID, version: int, to_version: int) -> bytes:
    """The same key under another master key."""
    return wrapped_key(_unwrap(subject_id, version, wrapped), subject_id, to_version)


@lru_cache(maxsize=10_000)
def unwrapped(subject_id: UUID, version: int, wrapped: bytes) -> AESGCM:
    """The key in `wrapped`. Remembering it is safe: the caller has just read `wrapped` from the database."""
    return AESGCM(_unwrap(subject_id, version, wrapped))


def _unwrap(subject_id: UUID, version: int, wrapped: bytes) -> bytes:
    return _master(version).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _context(subject_id, version))


def _master(version: int) -> AESGCM:
    keys = master_keys()
    if version not in keys:
        raise ImproperlyConfigured(f"LOYALTY_MASTER_KEYS lacks key {version}, under which keys of people lie")
    return AESGCM(keys[version])


def _context(subject_id: UUID, version: int) -> bytes:
    return subject_id.bytes + version.to_bytes(2, "big")

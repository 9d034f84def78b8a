"""Secrets of endpoints: each delivery is signed with all that are live, so that one can be exchanged without a gap."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from standardwebhooks import Webhook

from loyalty.eventstore.keyring import master_keys
from loyalty.lookup import seal, unseal

PREFIX = "whsec_"
SECRET_BYTES = 32
GRACE = timedelta(hours=24)
"""So long the secret before goes on signing beside the new one."""


def new_secret() -> str:
    """A secret that nobody can guess, as receivers keep it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sealed_secret(tenant_id: int, secret_id: UUID, secret: str) -> bytes:
    """A secret as it is kept."""
    return seal(secret.encode(), *_place(tenant_id, secret_id))


def open_secret(tenant_id: int, secret_id: UUID, sealed: bytes) -> str:
    """What `sealed_secret` keeps. Raises Unreadable."""
    return unseal(sealed, *_place(tenant_id, secret_id)).decode()


def headers_of(message_id: str, at: datetime, body: str, live: Iterable[str]) -> Mapping[str, str]:
    """The three headers of Standard Webhooks for what leaves now; `live` are the secrets, the newest first."""
    utc = at.astimezone(UTC)
    signatures = [Webhook(secret).sign(message_id, utc, body) for secret in live]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(utc.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def reseal_secrets(using: str = "owner") -> int:
    """Put all secrets under the current master key, for all tenants; answers how many lay under an older one."""
    from loyalty.webhooks.models import Secret

    current, done = max(master_keys()), 0
    for kept in Secret.objects.using(using).all():
        if bytes(kept.sealed)[0] != current:
            anew = sealed_secret(kept.tenant_id, kept.id, open_secret(kept.tenant_id, kept.id, bytes(kept.sealed)))
            Secret.objects.using(using).filter(tenant_id=kept.tenant_id, id=kept.id).update(sealed=anew)
            done += 1
    return done


def _place(tenant_id: int, secret_id: UUID) -> tuple[str, int, UUID]:
    """Where a sealed secret belongs: it opens nowhere else."""
    return "webhooks_secret", tenant_id, secret_id

"""Devices on which somebody showed before that a phone or email is theirs: what strangers use up does not shut them out there.

A device keeps a mark, a keyed digest of the phone or email. It opens nothing: a code is needed all the same, counted apart.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hmac import compare_digest

from customers.domain.challenge import ChallengeKind
from loyalty.lookup import lookup_digests

LONGEST_MARK = 60


def mark_of(kind: ChallengeKind, value: str, tenant_id: int) -> str:
    """What a device keeps on which somebody proved this phone or email (normal form)."""
    return _marks(kind, value, tenant_id)[0]


def is_known(mark: str, kind: ChallengeKind, value: str, tenant_id: int) -> bool:
    """Whether a device shows that this phone or email was proven on it."""
    shown = mark[:LONGEST_MARK].encode("utf-8", "replace")
    return any(compare_digest(shown, known.encode()) for known in _marks(kind, value, tenant_id))


def _marks(kind: ChallengeKind, value: str, tenant_id: int) -> list[str]:
    digests = lookup_digests("known device", f"{kind}/{value}", tenant_id)
    return [urlsafe_b64encode(digest).decode().rstrip("=") for digest in digests]

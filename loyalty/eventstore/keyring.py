"""Secret keys from the environment, by version: "1:<base64 of 32 bytes>,2:…"; the highest number is current."""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


@lru_cache(maxsize=16)
def parse_keys(text: str, setting: str) -> dict[int, bytes]:
    """The keys in `text` by version. Raises ImproperlyConfigured, which names the setting and never the key."""
    keys: dict[int, bytes] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        number, _, encoded = part.partition(":")
        try:
            version, key = int(number), base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise ImproperlyConfigured(f"{setting} must read «1:<base64 of 32 bytes>,2:…»") from None
        if len(key) != KEY_BYTES or not 1 <= version <= 255 or version in keys:
            raise ImproperlyConfigured(f"{setting}: key {version} must have 32 bytes and a number of its own from 1 to 255")
        keys[version] = key
    if not keys:
        raise ImproperlyConfigured(f"{setting} holds no key")
    return keys


def master_keys() -> dict[int, bytes]:
    """The keys that wrap the keys of people, by version."""
    return parse_keys(settings.LOYALTY_MASTER_KEYS, "LOYALTY_MASTER_KEYS")


def lookup_keys() -> dict[int, bytes]:
    """The keys of look-ups of personal identifiers, by version."""
    return parse_keys(settings.LOYALTY_LOOKUP_KEYS, "LOYALTY_LOOKUP_KEYS")

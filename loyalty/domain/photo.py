"""Photos of what a programme offers. A photo is called by what is in it, so that its name never means another one."""

from __future__ import annotations

import re

from loyalty.domain.errors import DomainError

NAME = re.compile(r"[0-9a-f]{64}\.webp\Z", re.ASCII)
"""The SHA-256 of the file, as it is kept."""


def check_photo(name: str, field: str = "photo") -> None:
    """Raises DomainError `photo.unknown` for what cannot be the name of a photo; "" is none."""
    if name and not NAME.match(name):
        raise DomainError("photo.unknown", field=field)

"""What read models keep as JSON, as what it is."""

from __future__ import annotations

from typing import Any

import msgspec

from customers.domain.criteria import Criteria


def criteria_of(stored: Any) -> Criteria | None:
    """The criteria of a segment; None for one that is filled by hand."""
    return None if stored is None else msgspec.convert(stored, Criteria, strict=False)

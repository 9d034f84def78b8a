"""When things happen in the tests of the domain of pos, and how a refusal reads there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from loyalty.domain.errors import DomainError

NOW = datetime(2026, 3, 7, 8, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def refused(ask: Callable[[], object]) -> tuple[str, str | None]:
    """The code and the field of the refusal that `ask` must end in."""
    with pytest.raises(DomainError) as caught:
        ask()
    return caught.value.code, caught.value.field

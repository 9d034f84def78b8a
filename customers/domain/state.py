"""Whether a person may take part."""

from __future__ import annotations

from typing import Literal, get_args

State = Literal["new", "active", "inactive", "erased"]
STATES: tuple[State, ...] = get_args(State)
MAY_EARN: frozenset[State] = frozenset({"new", "active"})
"""States in which purchases give points. An inactive customer neither signs in, earns nor spends."""

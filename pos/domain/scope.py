"""Within what a merchant never uses a document number twice."""

from __future__ import annotations

from typing import Literal, get_args

DocumentScope = Literal["merchant", "pos", "pos_year", "pos_day"]
"""The whole merchant; each point of sale; each point of sale and year; each point of sale and business day."""
SCOPES: tuple[DocumentScope, ...] = get_args(DocumentScope)

"""A log that an attacker can change as its owner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections

from loyalty.eventstore.anchors import make_anchors, write_down
from loyalty.eventstore.verify import verify


@dataclass
class Log:
    """Five events of one stream, of three commands, at known positions, and what an attacker can do with them."""

    stream: UUID
    tenant_id: int
    positions: list[int]
    file: Path

    def execute(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        with connections["owner"].cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []

    def problems(self, file: bool = True) -> list[str]:
        return [p.what for p in verify(anchors=self.file if file else None, using="owner")]

    def anchor(self) -> None:
        make_anchors(using="owner")
        write_down(self.file, using="owner")

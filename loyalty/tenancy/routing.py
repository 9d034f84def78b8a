"""All aliases are one database seen by three roles: only the owner migrates it."""

from __future__ import annotations

from typing import Any


class OneDatabase:
    """`default` and `projector` never migrate; relations between objects read through any alias are fine."""

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

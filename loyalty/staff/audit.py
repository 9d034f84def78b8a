"""Who changed rights: noted in the transaction of a command."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from loyalty.unit import Unit

NOTE = """insert into staff_staffchange (tenant_id, id, at, actor, what, subject, reason, facts)
    values (%s, %s, %s, %s, %s, %s, '', %s::jsonb)"""


def note_change(unit: Unit, what: str, subject: UUID, facts: dict[str, Any]) -> None:
    """Keep that whoever gave the command did `what` (one of `loyalty.staff.models.CHANGES`) to `subject`."""
    row = (unit.tenant_id, unit.new_id(), unit.now, unit.circumstances.actor, what, subject, json.dumps(facts))
    unit.execute(NOTE, row)

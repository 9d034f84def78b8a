"""A segment: a named group of customers, which rules ask for. Who is in it, each customer's own stream says.

A static one is filled by staff and lists, a dynamic one by its criteria; which of both it is, stays.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import assert_never
from uuid import UUID

from customers.domain import text
from customers.domain.criteria import Criteria, checked
from customers.events import SegmentActivated, SegmentChanged, SegmentCreated, SegmentCriteriaChanged, SegmentDeactivated
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound
from loyalty.domain.identity import derived_id

LONGEST_CODE, LONGEST_NAME, LONGEST_DESCRIPTION = 40, 80, 500
CODE = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{LONGEST_CODE - 1}}}\Z", re.ASCII)


def normal_code(typed: str) -> str:
    """A code in small letters. Raises DomainError `customers.segment_code_invalid`."""
    code = unicodedata.normalize("NFKC", typed).strip().lower()
    if not CODE.match(code):
        raise DomainError("customers.segment_code_invalid", field="code", longest=LONGEST_CODE)
    return code


def segment_id_for(tenant_id: int, code: str) -> UUID:
    """The stream of the segment with a code (in normal form): no two segments of a tenant can have the same."""
    return derived_id("segment", tenant_id, code)


class Segment(Aggregate):
    """Stream `segment`. Active ⇄ inactive; its code stays."""

    stream = "segment"
    stays_folded = False

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.active = False
        self.name = self.description = ""
        self.criteria: Criteria | None = None

    def create(self, code: str, name: str, description: str, now: datetime, criteria: Criteria | None = None) -> None:
        """Make it. Raises Conflict `customers.segment_code_taken`, and DomainError for a name or criteria that cannot be."""
        if self.exists:
            raise Conflict("customers.segment_code_taken", field="code")
        called, described = _checked(name, description)
        asked = None if criteria is None else checked(criteria)
        made = SegmentCreated(segment_id=self.id, code=code, name=called, description=described, criteria=asked, created_at=now)
        self.record(made)

    def change(self, name: str, description: str, now: datetime) -> None:
        """Call and describe it otherwise; nothing happens when that is so already."""
        self.refuse_absent()
        called, described = _checked(name, description)
        if (called, described) != (self.name, self.description):
            self.record(SegmentChanged(segment_id=self.id, name=called, description=described, changed_at=now))

    def ask(self, criteria: Criteria, now: datetime) -> None:
        """Ask something else of customers; nothing happens when it is asked already.

        Raises DomainError `customers.segment_is_static`, and for criteria that cannot be.
        """
        self.refuse_absent()
        if self.criteria is None:
            raise DomainError("customers.segment_is_static", field="criteria")
        asked = checked(criteria)
        if asked != self.criteria:
            self.record(SegmentCriteriaChanged(segment_id=self.id, criteria=asked, changed_at=now))

    def activate(self, now: datetime) -> None:
        """Let rules see who is in it; nothing happens when they do already."""
        self.refuse_absent()
        if not self.active:
            self.record(SegmentActivated(segment_id=self.id, activated_at=now))

    def deactivate(self, now: datetime) -> None:
        """Let rules see nobody in it; nothing happens when that is so already."""
        self.refuse_absent()
        if self.active:
            self.record(SegmentDeactivated(segment_id=self.id, deactivated_at=now))

    def refuse_absent(self) -> None:
        """Raises NotFound for a segment that was never made."""
        if not self.exists:
            raise NotFound("customers.segment_unknown", field="segment_id")

    def evolve(self, event: SegmentCreated | SegmentChanged | SegmentCriteriaChanged | SegmentActivated | SegmentDeactivated) -> None:
        match event:
            case SegmentCreated():
                self.active, self.name, self.description, self.criteria = True, event.name, event.description, event.criteria
            case SegmentCriteriaChanged():
                self.criteria = event.criteria
            case SegmentChanged():
                self.name, self.description = event.name, event.description
            case SegmentActivated():
                self.active = True
            case SegmentDeactivated():
                self.active = False
            case _:
                assert_never(event)


def _checked(name: str, description: str) -> tuple[str, str]:
    called = text.plain(name, "name", LONGEST_NAME)
    if not called:
        raise DomainError("customers.segment_name_missing", field="name")
    return called, text.on_one_line(description, "description", LONGEST_DESCRIPTION)

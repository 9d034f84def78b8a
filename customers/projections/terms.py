"""The terms of the programme, as pages and programs show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from customers.events import TermsPublished
from loyalty.domain.event import Recorded
from loyalty.domain.identity import derived_id
from loyalty.projections.projection import Projection, Statement

INSERT = """insert into customers_terms (tenant_id, id, number, texts, published_at, published_by, position)
    values (%s, %s, %s, %s::jsonb, %s, %s, %s)"""


class TermsShown(Projection):
    """Every version that was published."""

    name = "customers.terms"
    events = (TermsPublished,)
    tables = ("customers_terms",)
    inline = True

    def statements(self, batch: Sequence[Recorded[Any]]) -> Iterable[Statement]:
        for r in batch:
            texts = orjson.dumps({one.language: one.text for one in r.event.texts}).decode()
            row_id = derived_id("version of the terms", r.event.terms_id, r.event.number)
            yield INSERT, (r.tenant_id, row_id, r.event.number, texts, r.event.published_at, r.metadata.actor, r.position)

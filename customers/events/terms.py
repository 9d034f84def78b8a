"""What the programme published for its customers to agree to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from loyalty.domain.event import event


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsText:
    """The terms in one language, as Markdown."""

    language: str
    text: str


@event("customers.terms_published", version=1)
class TermsPublished:
    """Another text of the terms holds from now on for whoever joins: the version `number`, counted from 1."""

    terms_id: UUID
    number: int
    texts: tuple[TermsText, ...]
    published_at: datetime

"""What can be published for customers to agree to."""

from __future__ import annotations

from customers.events import TermsText
from loyalty.domain.command import Command, command


@command
class PublishTerms(Command[int]):
    """Let a text of the terms hold from now on; answers with the number of its version. The same text again is the same version.

    Refused with the field at fault: `customers.terms_text_missing`, `terms_language`, `unprintable_text`, `text_too_long`, and
    `customers.terms_changed_meanwhile` where another version than `seen_version` holds (0: none; None: do not ask).
    """

    texts: tuple[TermsText, ...]
    seen_version: int | None = None

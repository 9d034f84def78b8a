"""What customers agree to by joining: texts of the programme, each published text a version of its own, for ever. One stream a tenant."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customers.events import TermsPublished, TermsText
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError
from loyalty.domain.identity import derived_id

LANGUAGES = ("vi", "en", "pl")
LONGEST_TERMS = 60_000
LINES = "\n\t"
NAMED = re.compile(r"terms-([1-9][0-9]{0,8})\Z", re.ASCII)


def terms_id(tenant_id: int) -> UUID:
    """The stream of a tenant's terms."""
    return derived_id("customers terms", tenant_id)


def version_name(number: int) -> str:
    """What consents call a version: "terms-3"."""
    return f"terms-{number}"


def version_number(name: str) -> int | None:
    """The number of a version by its name; None for what is none."""
    found = NAMED.match(name)
    return int(found[1]) if found else None


def checked(texts: tuple[TermsText, ...]) -> tuple[TermsText, ...]:
    """The texts that say something, in one order and normal form (NFC, \\n between lines).

    Raises DomainError with the field at fault, `texts.<language>`: `customers.terms_text_missing`, `terms_language`,
    `unprintable_text`, `text_too_long`.
    """
    told = {}
    for text in texts:
        field = f"texts.{text.language}"
        if text.language not in LANGUAGES or text.language in told:
            raise DomainError("customers.terms_language", field="texts", known=", ".join(LANGUAGES))
        plain = unicodedata.normalize("NFC", "\n".join(text.text.splitlines())).strip()
        if not all(char.isprintable() or char in LINES for char in plain):
            raise DomainError("customers.unprintable_text", field=field)
        if len(plain) > LONGEST_TERMS:
            raise DomainError("customers.text_too_long", field=field, longest=LONGEST_TERMS, length=len(plain))
        told[text.language] = plain
    if not any(told.values()):
        raise DomainError("customers.terms_text_missing", field="texts")
    return tuple(TermsText(language=language, text=told[language]) for language in LANGUAGES if told.get(language))


@dataclass(frozen=True, slots=True)
class PublishedTerms:
    """A version with its texts (Markdown) by language."""

    number: int
    texts: dict[str, str]
    published_at: datetime

    @property
    def name(self) -> str:
        """What consents call it."""
        return version_name(self.number)

    def in_language(self, *languages: str) -> str:
        """The text in the first of these languages that there is one in; else in any."""
        return next((self.texts[one] for one in languages if one in self.texts), next(iter(self.texts.values())))


class Terms(Aggregate):
    """The versions so far: how many, and what the last one says."""

    stream = "customers_terms"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.number = 0
        self.texts: tuple[TermsText, ...] = ()

    def publish(self, texts: tuple[TermsText, ...], seen: int | None, now: datetime) -> int:
        """Let these hold from now on; answers with the number of the version. The same again is none.

        Raises as `checked` does, and Conflict `customers.terms_changed_meanwhile` where the version that was `seen` does not hold.
        """
        if seen not in {None, self.number}:
            raise Conflict("customers.terms_changed_meanwhile", field="seen_version", version=self.number, seen=seen)
        if (wanted := checked(texts)) != self.texts:
            self.record(TermsPublished(terms_id=self.id, number=self.number + 1, texts=wanted, published_at=now))
        return self.number

    def evolve(self, event: TermsPublished) -> None:
        self.number, self.texts = event.number, event.texts

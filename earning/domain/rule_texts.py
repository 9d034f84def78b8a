"""What a rule, or a level set, is called for customers, and what it says to them, in each language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from earning.domain.lines import check_text
from earning.domain.wallets import LANGUAGES
from loyalty.domain.errors import DomainError

LONGEST_NAME, LONGEST_DESCRIPTION = 120, 1000


class Spoken(Protocol):
    """Anything in one language."""

    @property
    def language(self) -> str: ...


class Text(Spoken, Protocol):
    """A name and a description in one language."""

    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """The name and the description of a rule in one language."""

    language: str
    name: str
    description: str = ""


def check_texts(texts: Sequence[Text], incomplete: str = "earning.rule_texts_incomplete") -> None:
    """Raises DomainError, `incomplete` for names in some languages only; none at all are possible."""
    if not texts:
        return
    check_each_once(texts, "texts")
    if sorted(text.language for text in texts) != sorted(LANGUAGES):
        raise DomainError(incomplete, field="texts")
    for place, text in enumerate(texts):
        if not text.name.strip():
            raise DomainError(incomplete, field=f"texts.{place}.name")
        check_text(text.name, LONGEST_NAME, f"texts.{place}.name")
        check_text(text.description.replace("\n", " ").replace("\r", ""), LONGEST_DESCRIPTION, f"texts.{place}.description")


def check_each_once(texts: Iterable[Spoken], field: str) -> None:
    """Raises DomainError for two texts in one language."""
    told = list(texts)
    languages = Counter(text.language for text in told)
    if twice := next((language for language, times in languages.items() if times > 1), None):
        place = max(place for place, text in enumerate(told) if text.language == twice)
        raise DomainError("earning.language_twice", field=f"{field}.{place}.language", language=twice)


def called(name: str, texts: Sequence[RuleText], language: str) -> RuleText:
    """What a rule is called in a language; where nobody said so, `name`, as staff call it."""
    return next((text for text in texts if text.language == language), RuleText(language=language, name=name))

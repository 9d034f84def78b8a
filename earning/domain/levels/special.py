"""Special rewards of a level: what is promised beside its benefits, for a time. They are told; what redeems them comes later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from earning.domain.lines import check_text
from earning.domain.rule_texts import check_each_once
from earning.domain.wallets import LANGUAGES
from loyalty.domain.errors import DomainError

LONGEST_NAME, LONGEST_TEXT, MOST_REWARDS = 80, 300, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardText:
    """What a special reward is called in a language, and what it is worth or says."""

    language: str
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialReward:
    """A promise to who has the level, in force from `starts_at` until `ends_at` (None: open) while it is `active`."""

    texts: tuple[RewardText, ...]
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    active: bool = True

    def is_in_force(self, at: datetime) -> bool:
        """Whether it is promised then."""
        return self.active and (self.starts_at is None or self.starts_at <= at) and (self.ends_at is None or at < self.ends_at)

    def text(self, language: str) -> RewardText:
        """In that language, else in the first."""
        return next((text for text in self.texts if text.language == language), self.texts[0])

    def check(self) -> None:
        """Raises DomainError for what cannot be promised."""
        check_each_once(self.texts, "texts")
        if {text.language for text in self.texts} != set(LANGUAGES) or len(self.texts) != len(LANGUAGES):
            raise DomainError("earning.level_reward_name_missing", field="texts")
        for place, text in enumerate(self.texts):
            if not text.name.strip():
                raise DomainError("earning.level_reward_name_missing", field=f"texts.{place}.name")
            check_text(text.name, LONGEST_NAME, f"texts.{place}.name")
            check_text(text.text.replace("\n", " ").replace("\r", ""), LONGEST_TEXT, f"texts.{place}.text")
        if self.starts_at is not None and self.ends_at is not None and self.ends_at <= self.starts_at:
            raise DomainError("earning.level_reward_ends_early", field="ends_at")

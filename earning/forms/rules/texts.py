"""What a rule, or a level set, is called for customers: a name and a description in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from earning.commands import RuleText
from earning.domain.rule_texts import LONGEST_DESCRIPTION, LONGEST_NAME, Text
from earning.domain.wallets import LANGUAGES
from earning.forms.levels.levels import CALLED, DESCRIBED
from loyalty.house.kept import untouched

TEXT_FIELDS = tuple(f"{part}_{language}" for language in LANGUAGES for part in ("called", "described"))


class TextFields(forms.Form):
    """Names and descriptions: all languages or none."""

    called_vi, called_en, called_pl = (forms.CharField(label=CALLED[lang], max_length=LONGEST_NAME, required=False) for lang in LANGUAGES)
    described_vi, described_en, described_pl = (
        forms.CharField(label=DESCRIBED[lang], max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea(attrs={"rows": 2}))
        for lang in LANGUAGES
    )

    def texts(self, told: Mapping[str, Any]) -> tuple[RuleText, ...]:
        """What was entered, in the order of the languages."""
        return tuple(RuleText(**one) for one in texts_told(told))

    def texts_untouched(self) -> bool:
        """Whether all came back as they were shown."""
        return all(untouched(self[name]) for name in TEXT_FIELDS)

    def texts_shown(self, texts: Sequence[Text]) -> dict[str, Any]:
        """The fields' values."""
        known = {text.language: text for text in texts}
        empty = RuleText(language="", name="")
        names = {f"called_{lang}": known.get(lang, empty).name for lang in LANGUAGES}
        return names | {f"described_{lang}": known.get(lang, empty).description for lang in LANGUAGES}


def texts_told(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """Language, name and description in each language, as entered; [] where there is nothing."""
    if not any((told.get(name) or "").strip() for name in TEXT_FIELDS):
        return []
    said = {name: (told.get(name) or "").strip() for name in TEXT_FIELDS}
    return [{"language": lang, "name": said[f"called_{lang}"], "description": said[f"described_{lang}"]} for lang in LANGUAGES]


def text_field(field: str) -> str:
    """The field of the form for a field of the command: `texts.1.name` is `called_en`."""
    if field == "texts":
        return TEXT_FIELDS[0]
    if not field.startswith("texts."):
        return field
    _texts, place, part = field.split(".")
    return f"{'called' if part == 'name' else 'described'}_{LANGUAGES[int(place)]}"

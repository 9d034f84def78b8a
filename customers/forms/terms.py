"""The terms of the programme, as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.commands import PublishTerms
from customers.domain.terms import LANGUAGES, LONGEST_TERMS
from customers.events import TermsText
from customers.permissions import PUBLISH_TERMS
from customers.queries import terms
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError

TITLES = dict(settings.LANGUAGES)
"""Each language as it calls itself."""
MARKDOWN = _("Markdown: **bold**, *slanted*, lines that begin with - for a list, ### before a heading.")


def _text(language: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 14, "lang": language})
    return forms.CharField(label=TITLES[language], max_length=LONGEST_TERMS, required=False, widget=area, help_text=MARKDOWN)


class TermsForm(CommandForm):
    """Publish a text that customers agree to from now on. What was published before stays, for those who agreed to it."""

    title = _("Publish terms")
    permission = PUBLISH_TERMS
    icon = "gavel"
    done = _("These terms hold from now on.")

    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    text_vi, text_en, text_pl = (_text(language) for language in LANGUAGES)

    def initial_values(self) -> dict[str, Any]:
        now = terms()
        texts = {f"text_{language}": text for language, text in now.texts.items()} if now else {}
        return texts | {"seen_version": now.number if now else 0}

    def refuse(self, refusal: DomainError) -> None:
        super().refuse(refusal.at(_field_of(refusal.field)))

    def command(self) -> PublishTerms:
        texts = (TermsText(language=language, text=self.cleaned_data[f"text_{language}"]) for language in LANGUAGES)
        return PublishTerms(texts=tuple(texts), seen_version=self.cleaned_data["seen_version"])


def _field_of(told: str | None) -> str:
    if told == "seen_version":
        return told
    return f"text_{told.removeprefix('texts.')}" if told and told != "texts" else "text_vi"

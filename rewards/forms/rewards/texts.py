"""What customers read of a reward, language by language, and what they see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty.files.forms import PhotoField, photo_name, shown_photo
from rewards.domain.reward import MOST_PHOTOS
from rewards.domain.terms import LANGUAGES, RewardContent, RewardText
from rewards.kinds import TEXT_TITLES

PARTS = tuple(TEXT_TITLES)
PHOTOS = 4
"""So many photos a form asks for; a reward that has more keeps them."""
MARKDOWN = _("Markdown: **bold**, *slanted*, lines that begin with - for a list, [words](https://…) for a link.")
AREAS: dict[str, int] = {"short": 2, "conditions": 5, "how_to_use": 4}


def names_in(language: str) -> tuple[str, ...]:
    """The names of the fields of a language."""
    return tuple(f"{part}_{language}" for part in PARTS)


def _field(part: str) -> forms.CharField:
    marked = part in {"conditions", "how_to_use"}
    widget = forms.Textarea(attrs={"rows": AREAS[part]}) if part in AREAS else forms.TextInput()
    return forms.CharField(label=TEXT_TITLES[part], required=False, widget=widget, help_text=MARKDOWN if marked else "")


class TextFields(forms.Form):
    """Texts of three languages, photos and the icon of a brand."""

    photos: Iterable[str] = ()

    def text_fields(self, photos: int) -> dict[str, forms.Field]:
        """The fields, with room for as many photos as there are, and some more."""
        self.photos = [f"photo_{n}" for n in range(1, min(max(PHOTOS, photos), MOST_PHOTOS) + 1)]
        found: dict[str, forms.Field] = {f"{part}_{language}": _field(part) for language in LANGUAGES for part in PARTS}
        found |= {name: PhotoField(label=_("Photo %(number)s") % {"number": n}) for n, name in enumerate(self.photos, 1)}
        return found | {"icon": PhotoField(label=_("Icon of the brand"))}

    def texts(self, told: Mapping[str, Any]) -> tuple[RewardText, ...]:
        """Those of the languages in which something was entered; one without a name of its own is called as staff call it."""
        entered = {lang: {part: (told.get(f"{part}_{lang}") or "").strip() for part in PARTS} for lang in LANGUAGES}
        found = {lang: text for lang, text in entered.items() if any(text.values())}
        return tuple(RewardText(**text | {"language": lang, "name": text["name"] or told.get("name", "")}) for lang, text in found.items())

    def pictures(self, tenant_id: int, told: Mapping[str, Any]) -> dict[str, Any]:
        """Photos and icon by the names under which they are kept; new ones are kept now."""
        kept = (photo_name(tenant_id, told.get(name)) for name in self.photos)
        return {"photos": tuple(name for name in kept if name), "icon": photo_name(tenant_id, told.get("icon"))}

    def text_shown(self, content: RewardContent) -> dict[str, Any]:
        """The fields' values."""
        texts = {f"{part}_{text.language}": getattr(text, part) for text in content.texts for part in PARTS}
        photos = {f"photo_{n}": shown_photo(name) for n, name in enumerate(content.photos, 1)}
        return texts | photos | {"icon": shown_photo(content.icon)}


def text_field(field: str, texts: tuple[RewardText, ...]) -> str:
    """The field of the form for a field of the command: `texts.0.name` is `name_vi`."""
    _texts, place, part = field.split(".")
    return f"{part}_{texts[int(place)].language}"

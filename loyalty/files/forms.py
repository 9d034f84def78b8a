"""The photo of a form: shown as it is, replaced by a file, or taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty.admin.widgets import HouseWidget
from loyalty.domain.errors import DomainError
from loyalty.files.photos import LARGEST, Photo, address_of, keep_photo, photo_of
from loyalty.messages.refusals import message


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """The photo that a form shows before anything is sent."""

    name: str

    @property
    def url(self) -> str:
        return address_of(self.name)


class PhotoInput(HouseWidget, forms.ClearableFileInput):
    """The photo, a choice to take it away, and a file to put in its place."""

    template_name = "admin_kit/photo.html"


class PhotoField(forms.FileField):
    """`clean` gives the new Photo, the KeptPhoto that stays, or None where there is none, or none any more."""

    widget = PhotoInput(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def __init__(self, **kwargs: Any) -> None:
        told: dict[str, Any] = {
            "label": _("Photo"),
            "required": False,
            "help_text": _("JPEG, PNG or WebP, at most 8 MB. Customers see it."),
        }
        super().__init__(**told | kwargs)

    def to_python(self, data: Any) -> Photo | None:  # type: ignore[override]
        if data in self.empty_values:
            return None
        try:
            if data.size > LARGEST:
                raise DomainError("photo.too_large", most=LARGEST // 2**20)
            return photo_of(data.read())
        except DomainError as refusal:
            raise ValidationError(message(refusal)) from None

    def clean(self, data: Any, initial: KeptPhoto | None = None) -> Photo | KeptPhoto | None:
        cleaned = super().clean(data, initial)
        return cleaned if isinstance(cleaned, Photo | KeptPhoto) else None


def shown_photo(name: str) -> KeptPhoto | None:
    """What the field holds at first."""
    return KeptPhoto(name) if name else None


def photo_name(tenant_id: int, chosen: Photo | KeptPhoto | None) -> str:
    """The name of what was chosen, "" for none; a new photo is kept."""
    if chosen is None:
        return ""
    return keep_photo(tenant_id, chosen) if isinstance(chosen, Photo) else chosen.name

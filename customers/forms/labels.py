"""Labels as people type them: one on a line, a name alone or with its value behind a colon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 15_000


class LabelsField(forms.CharField):
    """`clean` gives the labels by name; whether they are good labels, the register says."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        told: dict[str, Any] = {"help_text": _("One on a line, such as “vip” or “size: L”."), "max_length": LONGEST}
        super().__init__(**told | kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return "\n".join(f"{name}: {told}" if told else name for name, told in value.items())

    def clean(self, value: Any) -> Any:
        lines = str(super().clean(value)).splitlines()
        pairs = (line.partition(":") for line in lines if line.strip())
        return {name.strip(): told.strip() for name, _colon, told in pairs}

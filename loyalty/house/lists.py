"""A field for several texts in a row."""

from __future__ import annotations

import re
from typing import Any

from django import forms

PARTS = re.compile(r'(?:"[^"]*"|[^,\n])+')
QUOTED = re.compile(r'"[^"]*"')


class ListField(forms.CharField):
    """Texts with commas between them, in quotes where they have one: `clean` gives a tuple."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        parts = (part.strip().strip('"') if QUOTED.fullmatch(part.strip()) else part.strip() for part in PARTS.findall(typed))
        return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(f'"{part}"' if "," in part else part for part in value) if isinstance(value, tuple | list) else value

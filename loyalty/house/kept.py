"""Values that a form shows but did not change: what a person cannot type in a field is not lost by saving the form."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms


def untouched(bound: forms.BoundField) -> bool:
    """Whether a field came back as it was shown."""
    if bound.name not in bound.form.initial or isinstance(bound.field, forms.FileField):
        return False
    if isinstance(bound.data, bool):
        return bound.data == bool(bound.initial)
    shown = bound.field.widget.format_value(bound.field.prepare_value(bound.initial))
    return _plain(shown) == _plain(bound.data)


def keep_untouched(form: forms.Form) -> None:
    """After the fields of a form are cleaned: what came back as it was shown holds what it held, and is no mistake."""
    for name in form.fields:
        if untouched(form[name]):
            form.cleaned_data[name] = form.initial[name]
            form.errors.pop(name, None)


def _plain(value: Any) -> list[str]:
    texts = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return sorted(unicodedata.normalize("NFC", str(text)).replace("\r\n", "\n") for text in texts if text not in {None, ""})

"""Text of a form whose bytes were no text."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

REPLACEMENT = "\ufffd"
"""What stands where bytes were no UTF-8, such as half a character (a lone surrogate)."""


class ReadableForm(forms.Form):
    """A form that refuses, at its field, what nobody could have typed, instead of keeping the marks that stand in its place."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        for name in self.fields:
            typed = self[name].data
            if REPLACEMENT in "".join(one for one in (typed if isinstance(typed, list) else [typed]) if isinstance(one, str)):
                self.errors.pop(name, None)
                self.add_error(name, ValidationError(_("This text has broken characters. Type it anew."), code="broken"))

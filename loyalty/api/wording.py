"""What is wrong with a value's type, size or length, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from loyalty.house import formats
from loyalty.messages.refusals import sentence

TYPES = {
    "int": _("This must be a whole number."),
    "float": _("This must be a number."),
    "decimal": _("This must be a number."),
    "str": _("This must be text."),
    "bool": _("This must be true or false."),
    "array": _("This must be a list."),
    "object": _("This must be an object with named fields."),
}
BOUNDS = {
    ">=": _("This must be at least %(bound)s."),
    "<=": _("This must be at most %(bound)s."),
    ">": _("This must be above %(bound)s."),
    "<": _("This must be below %(bound)s."),
    "that's a multiple of": _("This must be a multiple of %(bound)s."),
}


def said(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a fault; `params` are its code's `expected` and `kind`, as msgspec names them."""
    worded = WORDED.get(code)
    return (worded and worded(params)) or sentence(code, params)


def _type(params: Mapping[str, Any]) -> str:
    wanted = [kind for kind in params.get("expected", "").split(" | ") if kind != "null"]
    if wanted == ["uuid"]:
        return sentence("field.uuid", {})
    return str(TYPES.get(wanted[0], "")) if len(wanted) == 1 else ""


def _choice(params: Mapping[str, Any]) -> str:
    return sentence("field.choice_of", params) if params.get("choices") else ""


def _range(params: Mapping[str, Any]) -> str:
    how, _space, bound = params.get("expected", "").rpartition(" ")
    return str(BOUNDS[how]) % {"bound": formats.number(Decimal(bound), get_language() or formats.FALLBACK)} if how in BOUNDS else ""


def _length(params: Mapping[str, Any]) -> str:
    how, _space, bound = params.get("expected", "").rpartition(" ")
    if how not in {">=", "<="}:
        return ""
    count, least, letters = int(bound), how == ">=", params.get("kind") == "str"
    if least and letters:
        phrase = ngettext("At least %(count)s character is needed.", "At least %(count)s characters are needed.", count)
    elif least:
        phrase = ngettext("At least %(count)s entry is needed.", "At least %(count)s entries are needed.", count)
    elif letters:
        phrase = ngettext("At most %(count)s character is possible.", "At most %(count)s characters are possible.", count)
    else:
        phrase = ngettext("At most %(count)s entry is possible.", "At most %(count)s entries are possible.", count)
    return phrase % {"count": formats.number(count, get_language() or formats.FALLBACK)}


WORDED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "field.wrong_type": _type,
    "field.out_of_range": _range,
    "field.length": _length,
    "field.choice": _choice,
}

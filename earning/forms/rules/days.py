"""Days of conditions, as the reader writes them; fields hold them as “2026-11-27”."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from earning.domain.conditions import is_day
from earning.kinds.words import language

INVALID = _("Enter a day, such as %(example)s.")
TWO_READINGS = re.compile(r"0?\d/0?\d/|1[0-2]/0?\d/|0?\d/1[0-2]/|1[0-2]/1[0-2]/", re.ASCII)
WRITTEN = ("%d/%m/%Y", "%d.%m.%Y", "%d %b %Y")


def read(typed: str) -> str:
    """“27/11/2026”, “27.11.2026”, “27 Nov 2026” or “2026-11-27” as a field holds it.

    Raises ValidationError for what is no day, or in English could be two.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if is_day(text):
        return text
    if not (language() == "en" and TWO_READINGS.match(text)):
        for way in WRITTEN:
            try:
                return datetime.strptime(text, way).date().isoformat()  # noqa: DTZ007
            except ValueError:
                continue
    raise ValidationError(INVALID, params={"example": shown("2026-11-27")})


def shown(held: str) -> str:
    """A day of a field as the reader writes it."""
    return date_format(date.fromisoformat(held), "SHORT_DATE_FORMAT") if is_day(held) else held

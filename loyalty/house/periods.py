"""Periods of the calendar in which something is limited, in words, by `LimitPeriod`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

PERIODS: dict[str, Any] = {
    "day": pgettext_lazy("limit", "a day"),
    "week": pgettext_lazy("limit", "a week"),
    "month": pgettext_lazy("limit", "a month"),
    "quarter": pgettext_lazy("limit", "a quarter"),
    "half_year": pgettext_lazy("limit", "half a year"),
    "year": pgettext_lazy("limit", "a year"),
    "ever": pgettext_lazy("limit", "in all"),
}

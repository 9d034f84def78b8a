"""Django and the theme write dates as the house does."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.formats import date_format
from django.utils.translation import override

from loyalty.house import formats

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("language", ["vi", "en", "pl"])
@pytest.mark.parametrize("month", [3, 9, 11])
def test_a_date_reads_the_same_wherever_it_stands(language: str, month: int) -> None:
    moment = datetime(2026, month, 7, 8, 5, tzinfo=UTC)
    there = moment.astimezone(HANOI)
    with override(language):
        written = [date_format(there, f"{kind}_FORMAT") for kind in ("DATE", "TIME", "DATETIME")]
    told = [told(moment, HANOI, language) for told in (formats.day, formats.clock, formats.day_and_clock)]
    assert written == [text.replace("\u202f", " ") for text in told]

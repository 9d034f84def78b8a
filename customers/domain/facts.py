"""What somebody says who must be more than the holder of a phone: their birth date, or the number of their card."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from customers.domain.identifiers import normal_card
from loyalty.domain.errors import DomainError

WAITS = (timedelta(), timedelta(), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
"""How long somebody waits who said something else, for one phone, email or customer: nothing after the first and the second time, six
hours after the sixth and any further one. So nobody is shut out for long, and of twenty thousand birth dates five or six a day are said.
"""
FORGOTTEN_AFTER = timedelta(days=1)
"""Who said nothing for so long begins with the first time."""
FREE_TRIES = sum(1 for wait in WAITS if not wait) + 1
"""So often it is said before anybody waits."""
LONGEST_FACT = 60
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./ ]?([0-9]{1,2})[-./ ]?([0-9]{1,2})\Z", re.ASCII)
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-./ ]?([0-9]{1,2})[-./ ]?([0-9]{4})\Z", re.ASCII)


def typed_dates(text: str) -> set[date]:
    """The days that what was typed can mean: "17/05/1990", "17051990", "1990-05-17". Day before month, as customers write it."""
    written, found = unicodedata.normalize("NFKC", text[:LONGEST_FACT]).strip(), set()
    for pattern, order in ((_YEAR_FIRST, (1, 2, 3)), (_DAY_FIRST, (3, 2, 1))):
        if parts := pattern.match(written):
            try:
                found.add(date(*(int(parts[place]) for place in order)))
            except ValueError:
                continue
    return found


def is_known_by(text: str, birth_date: date | None, card: str | None) -> bool:
    """Whether what was typed is that birth date or card; one that is not known is never right."""
    if birth_date is not None and birth_date in typed_dates(text):
        return True
    try:
        return card is not None and normal_card(text[:LONGEST_FACT]) == card
    except DomainError:
        return False

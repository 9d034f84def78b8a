"""How money, points, dates and phones read in a language. Pure: the language and the zone are always given."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from django.utils.translation import gettext, ngettext, override, pgettext

from loyalty.domain.money import EXPONENTS

MINUS = "\u2212"
"""The minus sign is as wide as a digit; a hyphen is easily overlooked on a receipt."""
DAYS = {"vi": "dd/MM/yyyy", "en": "d MMM yyyy", "pl": "d.MM.yyyy"}
"""Day patterns that are customary and cannot be misread; the English one names the month."""
FALLBACK = "en"


class MoneyParts(NamedTuple):
    """An amount cut where its currency stands: `("", "250.000", "₫")` in Vietnamese, `("₫", "250,000", "")` in English."""

    before: str
    number: str
    after: str


def known(locale: str) -> Locale:
    """The language that is spoken: `vi`, `en` or `pl`, also out of `vi-VN` or `pl_PL`; anything else reads English."""
    language = locale.replace("_", "-").split("-")[0].lower()
    return Locale(language if language in DAYS else FALLBACK)


def _signed(text: str, amount: int | Decimal, plus: bool) -> str:
    text = text.replace("-", MINUS)
    return f"+{text}" if plus and amount > 0 else text


def major(minor: int, currency: str) -> Decimal:
    """Minor units to an exact amount: 1250 PLN → 12.50. Raises KeyError for a currency that no tenant can have."""
    return Decimal(minor).scaleb(-EXPONENTS[currency])


def money(minor: int, currency: str, locale: str, *, signed: bool = False) -> str:
    """`250000, "VND", "vi"` → `250.000 ₫`; `signed` puts a plus before a gain."""
    return _signed(format_currency(major(minor, currency), currency, locale=known(locale)), minor, signed)


def money_parts(minor: int, currency: str, locale: str, *, signed: bool = False) -> MoneyParts:
    """The same amount in three pieces, so that a screen can set the currency smaller than the figure."""
    text = money(minor, currency, locale, signed=signed)
    before, symbol, after = text.partition(get_currency_symbol(currency, locale=known(locale)))
    if after.strip():
        return MoneyParts(f"{before}{symbol}".strip(), after.strip(), "")
    return MoneyParts("", before.strip(), symbol)


def number(value: int | Decimal, locale: str, *, signed: bool = False) -> str:
    """`1234567, "vi"` → `1.234.567`."""
    return _signed(format_decimal(value, locale=known(locale)), value, signed)


def exact(value: Decimal, locale: str) -> str:
    """With all its decimals: `0.0000394, "vi"` → `0,0000394`."""
    return format_decimal(value, locale=known(locale), decimal_quantization=False)


def exact_money(amount: Decimal, currency: str, locale: str) -> str:
    """An amount with all its decimals, however many the currency has: `0.03, "EUR", "en"` → `€0.03`; `0.5, "VND", "vi"` → `0,5 ₫`."""
    return format_currency(amount, currency, locale=known(locale), decimal_quantization=False)


def exchange_rate(rate: Decimal, currency: str, into: str, locale: str) -> str:
    """What one unit of `currency` is worth: `1 USD = 25.400 VND`."""
    return f"1 {currency} = {exact(rate, locale)} {into}"


def scaled(amount: int, decimals: int, locale: str) -> str:
    """A whole number of smallest units, always with its decimals: `125050, 2, "vi"` → `1.250,50`."""
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return format_decimal(Decimal(amount).scaleb(-decimals), format=pattern, locale=known(locale))


def points(amount: int, locale: str, *, decimals: int = 0, signed: bool = False) -> str:
    """A number of points in the wallet's smallest unit, without the word: `1250, "vi"` → `1.250`, and with a `decimals` of 1 `125`."""
    exact = Decimal(amount).scaleb(-decimals)
    return _signed(format_decimal(exact, format="#,##0." + "#" * decimals, locale=known(locale)), amount, signed)


def points_phrase(amount: int, locale: str, *, decimals: int = 0, signed: bool = False) -> str:
    """With the word in its right plural: `1250, "vi"` → `1.250 điểm`; `1, "en"` → `1 point`; a fraction has its own."""
    figure = points(amount, locale, decimals=decimals, signed=signed)
    whole, fraction = divmod(abs(amount), 10**decimals)
    with override(known(locale).language):
        phrase = pgettext("fraction", "%(amount)s points") if fraction else ngettext("%(amount)s point", "%(amount)s points", whole)
    return phrase % {"amount": figure}


def percent(basis_points: int, locale: str) -> str:
    """Basis points to a percentage: `1530, "vi"` → `15,3%`."""
    return format_percent(Decimal(basis_points).scaleb(-4), "#,##0.##%", locale=known(locale))


def day(moment: datetime | date, zone: ZoneInfo, locale: str) -> str:
    """The calendar day in `zone`: `07/03/2026` in Vietnamese. A bare date is shown as it is."""
    local = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    spoken = known(locale)
    return format_date(local, DAYS[spoken.language], locale=spoken)


def weekday(number: int, locale: str) -> str:
    """“Monday” for 1, “Sunday” for 7."""
    return format_date(date(2024, 1, number), "EEEE", locale=known(locale))


def clock(moment: datetime | time, zone: ZoneInfo, locale: str, *, seconds: bool = False) -> str:
    """Hours and minutes in `zone`, `15:05`, in English `3:05 PM`; with `seconds` these too."""
    local = moment.astimezone(zone) if isinstance(moment, datetime) else moment
    return format_time(local, "medium" if seconds else "short", locale=known(locale))


def day_and_clock(moment: datetime, zone: ZoneInfo, locale: str, *, seconds: bool = False) -> str:
    """Both: `15:05 07/03/2026` in Vietnamese, `7 Mar 2026, 3:05 PM` in English; with `seconds` where times lie close together."""
    hours, date_text = clock(moment, zone, locale, seconds=seconds), day(moment, zone, locale)
    return f"{hours} {date_text}" if known(locale).language == "vi" else f"{date_text}, {hours}"


def is_midnight(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a day begins in `zone` at a `moment`."""
    return moment.astimezone(zone).time() == time()


def until(moment: datetime, zone: ZoneInfo, locale: str) -> str:
    """The last day before a `moment` that is a midnight in `zone`; else day and clock."""
    if is_midnight(moment, zone):
        return day(moment.astimezone(zone).date() - timedelta(days=1), zone, locale)
    return day_and_clock(moment, zone, locale)


def end(moment: datetime, zone: ZoneInfo, locale: str) -> str:
    """“31 Jan 2026 inclusive” for what ends with a day, as people say it in the active language; else day and clock."""
    said = until(moment, zone, locale)
    return gettext("%(day)s inclusive") % {"day": said} if is_midnight(moment, zone) else said


def month(moment: datetime | date, zone: ZoneInfo, locale: str) -> str:
    """The month that a statement is headed by: `tháng 3 năm 2026`, `March 2026`, `marzec 2026`."""
    local = moment.astimezone(zone) if isinstance(moment, datetime) else datetime.combine(moment, time(), zone)
    return format_datetime(local, "LLLL yyyy" if known(locale).language != "vi" else "'tháng' L 'năm' yyyy", locale=known(locale))


def ago(moment: datetime, now: datetime, locale: str) -> str:
    """How long ago or how soon, rounded: `5 phút trước`, `in 2 days`."""
    return format_timedelta(moment - now, add_direction=True, locale=known(locale))


def duration(length: timedelta, locale: str, width: Literal["long", "short", "narrow"] = "long") -> str:
    """A length of time, rounded: `3 phút`."""
    return format_timedelta(length, format=width, locale=known(locale))


def phone(e164: str, region: str = "VN") -> str:
    """As people of `region` write it: `+84912345678` → `0912 345 678`; a foreign one keeps its country code."""
    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    home = phonenumbers.country_code_for_region(region) == parsed.country_code
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def initials(name: str) -> str:
    """Two letters for an avatar: `Nguyễn Thị Đường` → `NĐ`."""
    words = name.split()
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()

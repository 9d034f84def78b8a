"""The sentence for every refusal, in the reader's language.

A context registers its own in `<context>/refusals.py`, which is found by itself:

    from loyalty.messages import refusals

    refusals.register("earning.document_exists", _("The document %(number)s was recorded before. Check the number."))
    refusals.register_all({"earning.wrong_total": _("…"), …})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import phonenumbers
import structlog
from babel.core import get_global
from django.utils.functional import lazy
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language, gettext, npgettext
from django.utils.translation import gettext_lazy as _

from loyalty.admin.facts import fact_title
from loyalty.domain.errors import DomainError
from loyalty.domain.money import Money
from loyalty.domain.naming import Naming, as_staff_say
from loyalty.house import formats

SENTENCES: dict[str, Any] = {}
MINUTE, HOUR = 60, 3_600
HOME = "VN"
log = structlog.get_logger(__name__)


def register(code: str, sentence: Any) -> None:
    """The sentence for the refusal `code`; its `%(name)s` are the refusal's parameters. Raises ValueError when there is another one."""
    if SENTENCES.setdefault(code, sentence) is not sentence:
        raise ValueError(f"the refusal {code} has two sentences")


def say(kind: type, said: Callable[[Any, str], str]) -> None:
    """How a parameter of a context's own `kind` is said in a language."""
    SAID[kind] = said


def register_all(sentences: Mapping[str, Any]) -> None:
    """`register` for each code of a context."""
    for code, sentence in sentences.items():
        register(code, sentence)


def message(error: DomainError) -> str:
    """What to tell a person about `error`, in the active language. Never raises, whatever the parameters are."""
    return sentence(error.code, error.params)


def message_to_staff(error: DomainError) -> str:
    """The same with names as staff say them."""
    return sentence(error.code, as_staff_say(error.params))


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The sentence registered for `code` with its parameters; a plain one when there is none, which is logged."""
    found = SENTENCES.get(code)
    if found is None:
        log.error("refusal without a sentence", code=code)
        return gettext("This is not possible.")
    try:
        return str(found) % {name: READ_AS.get(name, as_said)(value) for name, value in params.items()}
    except (KeyError, ValueError, TypeError, ArithmeticError):
        log.error("sentence does not fit its refusal", code=code, params=sorted(params))
        return str(found)


def _named(fields: Any) -> str:
    """“Total, Lines” for the fields "total, lines" of a command."""
    return ", ".join(fact_title(name) for name in str(fields).split(", "))


def _wait(seconds: Any) -> str:
    """A time to wait as people say it, never shorter than it is: “40 seconds”, “2 minutes”, “3 hours”. It stands after “wait” and “in”."""
    language = get_language() or formats.FALLBACK
    if seconds < MINUTE:
        return npgettext("wait", "%(number)s second", "%(number)s seconds", seconds) % {"number": formats.number(seconds, language)}
    if seconds <= 90 * MINUTE:
        minutes = -(-seconds // MINUTE)
        return npgettext("wait", "%(number)s minute", "%(number)s minutes", minutes) % {"number": formats.number(minutes, language)}
    hours = -(-seconds // HOUR)
    return npgettext("wait", "%(number)s hour", "%(number)s hours", hours) % {"number": formats.number(hours, language)}


def _end(value: Any) -> Any:
    """The last day of what ends with a day, as people say it."""
    return formats.end(value, get_current_timezone(), get_language() or formats.FALLBACK) if isinstance(value, datetime) else as_said(value)


def as_said(value: Any) -> Any:
    """Numbers grouped as the reader groups them, amounts with their currency, days as the reader writes them, and times on the clock of the
    place.
    """
    if (said := SAID.get(type(value))) is not None:
        return said(value, get_language() or formats.FALLBACK)
    if isinstance(value, datetime):
        return formats.day_and_clock(value, get_current_timezone(), get_language() or formats.FALLBACK)
    if isinstance(value, date):
        return formats.day(value, get_current_timezone(), get_language() or formats.FALLBACK)
    plain = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return formats.number(value, get_language() or formats.FALLBACK) if plain else value


def _whole_phone() -> str:
    """With a number as it is typed where the place is."""
    region = get_global("zone_territories").get(str(get_current_timezone()))
    there, mobile = region in phonenumbers.SUPPORTED_REGIONS, phonenumbers.PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(region if there else HOME, mobile)
    assert example is not None, region
    kinds = {"national": phonenumbers.PhoneNumberFormat.NATIONAL, "whole": phonenumbers.PhoneNumberFormat.E164}
    told = {name: phonenumbers.format_number(example, kind) for name, kind in kinds.items()}
    return gettext("Enter a complete phone number, such as %(national)s or %(whole)s.") % told


SAID: dict[type, Callable[[Any, str], str]] = {
    Money: lambda value, language: formats.money(value.minor, value.currency, language),
    Naming: lambda value, language: value.to(language),
}
READ_AS: Mapping[str, Callable[[Any], Any]] = {"fields": _named, "ends_at": _end, "seconds": _wait}

register_all(
    {
        "money.unknown_currency": _("The currency %(currency)s is not known. Enter three capital letters, such as EUR."),
        "goods.personal": _(
            "This reads like a phone number or an email address, which goods do not have: it would stay when the customer is erased. "
            "The number of an article goes into its own field, without spaces."
        ),
        "money.too_large": _("The amount is too large: at most %(most)s is possible."),
        "money.not_a_number": _("Enter the amount as a number, such as 250000."),
        "money.too_many_decimals": _("The amount has more decimals than the currency: at most %(decimals)s."),
        "money.other_currency": _("The amount is in %(given)s, but %(expected)s is needed."),
        "phone.invalid": lazy(_whole_phone, str)(),
        "command.applied": _("This was done before and is not done twice."),
        "tenant.unknown_currency": _("The currency %(value)s is not known. Choose one of %(known)s."),
        "tenant.unknown_zone": _("The time zone %(value)s is not known."),
        "tenant.unknown_language": _("The language %(value)s is not known."),
        "tenant.code_taken": _("Another tenant has the code %(value)s."),
        "tenant.host_taken": _("Another tenant answers at %(value)s."),
    }
)

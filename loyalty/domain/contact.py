"""Texts by which somebody can be reached, where none should stand.

An email address and a phone number with its country ("+48 601 123 456") are known anywhere, a Vietnamese mobile number too, since it begins
with a zero. Of other countries' numbers without the country only Polish mobile ones are known, where prices are in złoty, written in groups
of three or beside a word that says what they are: nine digits alone may be any number. Of goods groups of three are a size. Names are words
like any other.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from loyalty.domain.errors import DomainError

POLAND = "PLN"
SHORTEST = 6
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}\.[^\W\d_]{2}")
_ABROAD = re.compile(r"(?<![\w+])\+[0-9](?:[ ().-]{0,2}[0-9]){7,14}(?!\w)", re.ASCII)
_VIETNAM = re.compile(r"(?<![\w.-])(?:(?:00)?84[ ().-]{0,2}0?[ ().-]{0,2}|0[ ().-]{0,2})[35789](?:[ .-]?[0-9]){8}(?![\w-])", re.ASCII)
_VIETNAM_OF_GOODS = re.compile(
    r"(?<![\w.-])(?<!ISBN )(?<!ISBN: )(?<!ISBN-10 )(?<!ISBN-10: )(?:84[ ]?|0)[35789](?:[ .-]?[0-9]){8}(?![\w-])", re.ASCII
)
_VIETNAM_BY_SPACES = re.compile(r"(?<![\w.-])(?=(?: ?[0-9]){10}(?! ?[0-9]|[\w-]))0[35789][0-9]{0,2}(?: [0-9]{2,6}){1,4}", re.ASCII)
_MOBILE = r"(?:45|5[0137]|6[069]|7[2389]|88)[0-9]"
_GROUPED = re.compile(rf"(?<![\w.-])(?<![0-9] )(?:(?:00)?48[ .-]?)?{_MOBILE}([ .-])[0-9]{{3}}\1[0-9]{{3}}(?!\w|[ .-][0-9])", re.ASCII)
_WITH_COUNTRY = re.compile(rf"(?<![\w.-])(?:00)?48 ?{_MOBILE}[0-9]{{6}}(?![\w-])", re.ASCII)
_SAID = re.compile(
    rf"\b(?:tel|telefonu?|telef|kom|kom[oó]rk[ai]|gsm|sms|phone|mobile|whatsapp|zalo|s[đd]t)\b\W{{0,4}}{_MOBILE}[0-9]{{6}}(?!\w)",
    re.IGNORECASE,
)
_ANYWHERE = (_EMAIL, _ABROAD)
_IN_POLAND = (_GROUPED, _WITH_COUNTRY, _SAID)


def reaches_somebody(text: str, currency: str = "") -> bool:
    """Whether a text that people write holds an email address or a phone number; `currency` (ISO 4217) is that of prices there."""
    return _holds(text, (*_ANYWHERE, _VIETNAM), _IN_POLAND if currency == POLAND else ())


def name_reaches_somebody(text: str, currency: str = "") -> bool:
    """The same of what goods, their category or their maker are called. Numbers of parts, which begin with a lone zero ("0 986 494 123"),
    ISBNs that say so, and barcodes are no phones.
    """
    return _holds(text, (*_ANYWHERE, _VIETNAM_OF_GOODS), (_WITH_COUNTRY, _SAID) if currency == POLAND else ())


def code_reaches_somebody(text: str, currency: str = "") -> bool:
    """The same of an article number: only an email address, a phone with "+", and a mobile number in groups with spaces between them, as
    nobody writes articles. Digits in a row are a code, whatever they begin with, and so are groups with dots or hyphens.
    """
    return _holds(text, (*_ANYWHERE, _VIETNAM_BY_SPACES), (_SAID,) if currency == POLAND else ())


def check_goods(goods: Any, where: str, currency: str) -> None:
    """Raises DomainError `goods.personal` for goods whose `sku`, `name`, `category` or `maker` reaches somebody: they stay in the log
    also when somebody is erased. `where` is the path to them, with its dot.
    """
    if code_reaches_somebody(goods.sku, currency):
        raise DomainError("goods.personal", field=f"{where}sku")
    for name in ("name", "category", "maker"):
        if name_reaches_somebody(getattr(goods, name, ""), currency):
            raise DomainError("goods.personal", field=where + name)


def _holds(text: str, *known: tuple[re.Pattern[str], ...]) -> bool:
    if len(text) < SHORTEST:
        return False
    plain = unicodedata.normalize("NFKC", text)
    return any(pattern.search(plain) for patterns in known for pattern in patterns)

"""Phone numbers as people type them, read at the edge."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

import phonenumbers
from babel.core import get_global

from loyalty.domain.errors import DomainError
from loyalty.domain.phone import Phone

VIETNAM = 84
HOME = "VN"
LONGEST_TYPED = 40
UNREADABLE = "?"
"""In the place of a phone: the register refuses it as `phone.invalid`, together with whatever else is wrong."""
RETIRED_2018 = {
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
"""Vietnamese mobile prefixes that lost a digit in 2018, and what became of them (without the leading 0)."""
_KINDS = phonenumbers.PhoneNumberType
PERSONAL = {_KINDS.MOBILE, _KINDS.FIXED_LINE, _KINDS.FIXED_LINE_OR_MOBILE, _KINDS.VOIP, _KINDS.PERSONAL_NUMBER}
"""What a person can have; not hotlines, free and premium numbers."""
MOBILE = {_KINDS.MOBILE, _KINDS.FIXED_LINE_OR_MOBILE}
"""What a text message reaches; in some countries nobody can tell."""


def phone(text: str, region: str = HOME) -> str:
    """What was typed, as E.164: "0912 345 678", "0084912345678", "+84(0)912345678" are all "+84912345678".

    `region` (ISO 3166, two letters) is the country meant when none is typed. Raises DomainError `phone.invalid` with
    field "phone" for what is no number of a person there.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    try:
        if len(typed) > LONGEST_TYPED:
            raise DomainError("phone.invalid", field="phone")
        number = _in_force(phonenumbers.parse(typed, region))
    except phonenumbers.NumberParseException:
        raise DomainError("phone.invalid", field="phone") from None
    if number.extension or phonenumbers.number_type(number) not in PERSONAL:
        raise DomainError("phone.invalid", field="phone")
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)).number


def mobile(text: str, region: str, countries: Collection[str]) -> str:
    """A phone that a code can be sent to, as E.164. Raises DomainError with field "phone": `phone.invalid`, `phone.not_mobile` for a
    landline, `phone.country` for a number of none of `countries` (ISO 3166).
    """
    number = phonenumbers.parse(phone(text, region))
    if phonenumbers.region_code_for_number(number) not in countries:
        raise DomainError("phone.country", field="phone")
    if phonenumbers.number_type(number) not in MOBILE:
        raise DomainError("phone.not_mobile", field="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def typed_phone(text: str, region: str = HOME) -> str:
    """The same for an order that may be wrong elsewhere too: what is no number becomes UNREADABLE instead of a refusal."""
    try:
        return phone(text, region)
    except DomainError:
        return UNREADABLE


def region_of(zone: str) -> str:
    """The country of a time zone: "VN" for "Asia/Ho_Chi_Minh"; the country whose numbers are typed without its code there."""
    return get_global("zone_territories").get(zone) or HOME


def _in_force(number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    """The number that took the place of a retired one."""
    national = str(number.national_number)
    if number.country_code == VIETNAM and len(national) == 10 and national[:3] in RETIRED_2018:
        return phonenumbers.PhoneNumber(country_code=VIETNAM, national_number=int(RETIRED_2018[national[:3]] + national[3:]))
    return number

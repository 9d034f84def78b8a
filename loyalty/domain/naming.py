"""What a thing is called: by staff, and by everybody else in their language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Naming:
    """A name in a refusal: `staff` call it so ("": as others do), and `others` so by language: [("vi", "Cà phê miễn phí"), …]."""

    staff: str
    others: tuple[tuple[str, str], ...] = ()

    def to(self, language: str) -> str:
        """To who is no member of staff: in their language, or another; where there is none, as staff call it."""
        told = dict(self.others)
        return told.get(language) or next(iter(told.values()), self.staff)


def one_after_the_other(names: Sequence[Naming]) -> Naming:
    """Several names as one: “Silver, Gold”."""
    languages = dict.fromkeys(language for name in names for language, _ in name.others)
    told = tuple((language, ", ".join(name.to(language) for name in names)) for language in languages)
    return Naming("" if told else ", ".join(name.staff for name in names), told)


def as_staff_say(params: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a refusal with names as staff say them."""
    return {name: value.staff if isinstance(value, Naming) and value.staff else value for name, value in params.items()}


def as_others_say(params: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The same with names as everybody else says them in a language."""
    return {name: value.to(language) if isinstance(value, Naming) else value for name, value in params.items()}

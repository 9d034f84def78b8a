"""Phone: a checked E.164 number. Parsing what people type is at the edge, in `customers`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loyalty.domain.errors import DomainError

E164 = re.compile(r"\+[1-9][0-9]{7,14}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Phone:
    """`+84912345678`. Raises DomainError `phone.invalid` for anything that is not E.164."""

    number: str

    def __post_init__(self) -> None:
        if not E164.match(self.number):
            raise DomainError("phone.invalid", field="phone")

    @property
    def last4(self) -> str:
        return self.number[-4:]

    def __str__(self) -> str:
        return self.number

"""Where a shop is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NewType

from loyalty.domain.errors import DomainError
from pos.domain import text

Microdegrees = NewType("Microdegrees", int)
"""A millionth of a degree, about 11 cm: 10.776889° are `Microdegrees(10776889)`. Whole, so that a place never drifts."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """An address for people, and a position on the map if it is known."""

    address: str = ""
    latitude: Microdegrees | None = None
    longitude: Microdegrees | None = None

    def checked(self) -> Location:
        """The same in normal form. Raises DomainError `pos.position_incomplete`, `latitude_invalid`, `longitude_invalid`."""
        if (self.latitude is None) != (self.longitude is None):
            raise DomainError("pos.position_incomplete", field="latitude" if self.latitude is None else "longitude")
        for degrees, field, most in ((self.latitude, "latitude", 90), (self.longitude, "longitude", 180)):
            if degrees is not None and abs(degrees) > most * MILLION:
                raise DomainError(f"pos.{field}_invalid", field=field)
        lines = ", ".join(line.strip().removesuffix(",") for line in self.address.splitlines() if line.strip())
        return Location(
            address=text.plain(lines, "address", text.LONGEST_ADDRESS),
            latitude=self.latitude,
            longitude=self.longitude,
        )


NOWHERE = Location()


def microdegrees(typed: str | Decimal | int, field: str) -> Microdegrees:
    """Degrees with at most six decimals ("10.776889") as a whole number. Raises DomainError `pos.<field>_invalid`."""
    try:
        scaled = Decimal(typed).scaleb(6)
        whole = int(scaled) if scaled.is_finite() and abs(scaled) <= 180 * MILLION else None
    except (InvalidOperation, ValueError):
        whole = None
    if whole is None or whole != scaled:
        raise DomainError(f"pos.{field}_invalid", field=field)
    return Microdegrees(whole)


def degrees(value: int | None) -> Decimal | None:
    """The exact degrees of so many microdegrees."""
    return None if value is None else Decimal(value).scaleb(-6)

"""When points end: at a local midnight, and half-open, so that they can be spent until the instant before."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, assert_never
from zoneinfo import ZoneInfo

from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day, local_midnight

ExpiryKind = Literal["never", "after_days", "month_end", "quarter_end", "year_end", "yearly", "rolling"]
MOST_DAYS, MOST_MONTHS, MOST_GRACE = 3650, 120, 366
OF_KIND: dict[ExpiryKind, frozenset[str]] = {
    "after_days": frozenset({"days"}),
    "rolling": frozenset({"months"}),
    "yearly": frozenset({"month", "day"}),
}
SETTINGS = frozenset({"days", "months", "month", "day"})
"""What is said beside a kind, and which kinds ask for it."""
LEAP_YEAR = 2000
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """Until which day points can be spent, counted from the day on which they became active.

    after_days: `days` later. month_end, quarter_end, year_end: the last day of it. yearly: the next `day` of `month`. To these
    come `grace_days`. rolling: while the customer is active, and `months` after that; all such points of an account end together.
    """

    kind: ExpiryKind = "never"
    days: int = 0
    months: int = 0
    month: int = 0
    day: int = 0
    grace_days: int = 0

    def end(self, active_at: datetime, zone: ZoneInfo) -> datetime | None:
        """The instant (UTC) from which points that became active at `active_at` cannot be spent; None: no end of their own."""
        last = self._last_day(business_day(active_at, zone))
        return None if last is None else local_midnight(last + ONE_DAY + timedelta(days=self.grace_days), zone)

    def active_until(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """Until when points live on that a customer had who was active at `at`; None unless the kind is rolling."""
        if self.kind != "rolling":
            return None
        return local_midnight(months_later(business_day(at, zone), self.months) + ONE_DAY, zone)

    def check(self) -> None:
        """Raises DomainError for terms that no wallet can have."""
        if self.kind == "after_days" and not 0 < self.days <= MOST_DAYS:
            raise DomainError("earning.wallet_days_invalid", field="terms.expiry.days", most=MOST_DAYS)
        if self.kind == "rolling" and not 0 < self.months <= MOST_MONTHS:
            raise DomainError("earning.wallet_months_invalid", field="terms.expiry.months", most=MOST_MONTHS)
        if self.kind == "yearly" and not 1 <= self.month <= 12:
            raise DomainError("earning.wallet_date_invalid", field="terms.expiry.month")
        if self.kind == "yearly" and not 1 <= self.day <= monthrange(LEAP_YEAR, self.month)[1]:
            raise DomainError("earning.wallet_date_invalid", field="terms.expiry.day")
        for name in sorted(SETTINGS - OF_KIND.get(self.kind, frozenset())):
            if getattr(self, name):
                raise DomainError("earning.wallet_setting_of_nothing", field=f"terms.expiry.{name}")
        if not 0 <= self.grace_days <= MOST_GRACE:
            raise DomainError("earning.wallet_grace_invalid", field="terms.expiry.grace_days", most=MOST_GRACE)
        if self.grace_days and self.kind in {"never", "rolling"}:
            raise DomainError("earning.wallet_grace_of_nothing", field="terms.expiry.grace_days")

    def _last_day(self, day: date) -> date | None:
        match self.kind:
            case "never" | "rolling":
                return None
            case "after_days":
                return day + timedelta(days=self.days)
            case "month_end":
                return in_month(day.year, day.month, 31)
            case "quarter_end":
                return in_month(day.year, day.month + -day.month % 3, 31)
            case "year_end":
                return date(day.year, 12, 31)
            case "yearly":
                this_year = in_month(day.year, self.month, self.day)
                return this_year if day <= this_year else in_month(day.year + 1, self.month, self.day)
            case _:
                assert_never(self.kind)


def in_month(year: int, month: int, day: int) -> date:
    """That day of the month, or its last one when it is shorter."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    return in_month(day.year + years, month + 1, day.day)

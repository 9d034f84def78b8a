"""Wallets: what kinds of points a tenant has, and on which terms they are given, kept and taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from earning.domain.expiry import MOST_GRACE, Expiry
from earning.domain.limits import Limit, LimitRows, check_limits, rows_of
from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day, local_midnight
from loyalty.domain.points import LARGEST

POINTS = "points"
"""The wallet that every tenant has, whether anybody set it up or not."""
CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z", re.ASCII)
LANGUAGES = ("vi", "en", "pl")
LONGEST_UNIT, MOST_DECIMALS, MOST_PENDING, MOST_TRANSFERS = 40, 2, 366, 100
Overdraft = Literal["negative", "debt", "waive"]
"""Goods come back whose points were spent: the balance goes below zero, or a debt stands beside it, or they are let go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitName:
    """What one unit of a wallet is called in a language: “1 star”, “5 stars”, and `few` where 2 to 4 are called otherwise."""

    language: str
    singular: str
    plural: str
    few: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletTerms:
    """On which terms points of a wallet are given, kept and taken.

    They can be spent `pending_days` after the day they count from. `warn_days` before they end the customer is told (0: not).
    A correction above `approval_above` (smallest unit; None: none) needs a second person. What was spent and comes back lives
    `restored_days` at least. A customer may pass points on `transfers_per_day` times a day. `limits` say how many points purchases
    bring at most.
    """

    expiry: Expiry = field(default_factory=Expiry)
    pending_days: int = 0
    overdraft: Overdraft = "negative"
    warn_days: int = 0
    approval_above: int | None = None
    restored_days: int = 30
    transfers_per_day: int = 5
    limits: tuple[Limit, ...] = ()

    def check(self) -> None:
        """Raises DomainError for terms that no wallet can have."""
        self.expiry.check()
        within = {
            "pending_days": (self.pending_days, MOST_PENDING),
            "warn_days": (self.warn_days, MOST_GRACE),
            "approval_above": (self.approval_above or 0, LARGEST),
            "restored_days": (self.restored_days, MOST_GRACE),
            "transfers_per_day": (self.transfers_per_day, MOST_TRANSFERS),
        }
        for name, (value, most) in within.items():
            if not 0 <= value <= most:
                raise DomainError("earning.wallet_number_invalid", field=f"terms.{name}", most=most)
        if self.warn_days and self.expiry.kind == "never":
            raise DomainError("earning.wallet_warns_of_nothing", field="terms.warn_days")
        life = self.expiry.days + self.expiry.grace_days
        if self.expiry.kind == "after_days" and self.warn_days > life:
            raise DomainError("earning.wallet_warns_too_early", field="terms.warn_days", most=life)
        check_limits(self.limits, "terms.limits")
        for place, one in enumerate(self.limits):
            if one.of != "points":
                raise DomainError("earning.wallet_limit_of_times", field=f"terms.limits.{place}.of")


def check_names(code: str, decimals: int, units: Sequence[UnitName]) -> None:
    """Raises DomainError for what a wallet cannot be called."""
    if not CODE.match(code):
        raise DomainError("earning.wallet_code_invalid", field="code")
    if not 0 <= decimals <= MOST_DECIMALS:
        raise DomainError("earning.wallet_decimals_invalid", field="decimals", most=MOST_DECIMALS)
    known = [unit.language for unit in units]
    for place, language in enumerate(known):
        if language not in LANGUAGES or language in known[:place]:
            raise DomainError("earning.wallet_unit_missing", field=f"units.{place}.language")
    if len(known) != len(LANGUAGES):
        raise DomainError("earning.wallet_unit_missing", field="units")
    for place, unit in enumerate(units):
        for form, needed in (("singular", True), ("plural", True), ("few", False)):
            name = getattr(unit, form)
            if (needed and not name.strip()) or len(name) > LONGEST_UNIT or not name.isprintable():
                raise DomainError("earning.wallet_unit_invalid", field=f"units.{place}.{form}", longest=LONGEST_UNIT)


STANDARD_UNITS = (
    UnitName(language="vi", singular="điểm", plural="điểm"),
    UnitName(language="en", singular="point", plural="points"),
    UnitName(language="pl", singular="punkt", plural="punktów", few="punkty"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What is counted in a wallet: how it is called, and how many `decimals` it has."""

    wallet: str
    decimals: int = 0
    names: tuple[UnitName, ...] = STANDARD_UNITS


class Amount(int):
    """An amount in the smallest unit of a wallet that knows what is counted: so that a refusal can say it."""

    unit: Unit

    def __new__(cls, amount: int, unit: Unit) -> Amount:
        made = super().__new__(cls, amount)
        made.unit = unit
        return made


@dataclass(frozen=True, slots=True)
class WalletPolicy:
    """The terms of one wallet at one time, in the tenant's zone, and what is counted in it."""

    unit: Unit
    terms: WalletTerms
    zone: ZoneInfo

    @property
    def code(self) -> str:
        return self.unit.wallet

    def counted(self, **amounts: int) -> dict[str, Amount]:
        """Amounts in the smallest unit, as a refusal says them."""
        return {name: Amount(amount, self.unit) for name, amount in amounts.items()}

    def active_from(self, at: datetime) -> datetime | None:
        """From when on points that count from `at` can be spent; None: at once."""
        days = self.terms.pending_days
        return local_midnight(business_day(at, self.zone) + timedelta(days=days), self.zone) if days else None

    def expires_at(self, at: datetime) -> datetime | None:
        """From when on points that count from `at` cannot be spent any more; None: they have no end of their own."""
        return self.terms.expiry.end(self.active_from(at) or at, self.zone)

    def active_until(self, at: datetime) -> datetime | None:
        """Where points live on while the customer is active: until when, for one who was active at `at`."""
        return self.terms.expiry.active_until(at, self.zone)

    def limit_rows(self, customer_id: UUID, at: datetime) -> LimitRows:
        """The limits, each with what counts the use of points that a customer earns `at` a time."""
        return rows_of(self.terms.limits, self.code, customer_id, at, self.zone.key)

    def restored_until(self, now: datetime) -> datetime:
        """The earliest end of points that come back at `now`."""
        return local_midnight(business_day(now, self.zone) + timedelta(days=self.terms.restored_days + 1), self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsSince:
    """Terms that hold for points given from `since` on."""

    since: datetime
    terms: WalletTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWallet:
    """A wallet as it was set up, with all the terms it ever had, the oldest first."""

    code: str
    decimals: int
    versions: tuple[TermsSince, ...]
    units: tuple[UnitName, ...] = STANDARD_UNITS


class Wallets:
    """All wallets of a tenant. One that nobody set up is `points`, whole, and never ends."""

    def __init__(self, zone: ZoneInfo, known: Sequence[KnownWallet] = ()) -> None:
        self.zone = zone
        self._known: Mapping[str, KnownWallet] = {wallet.code: wallet for wallet in known}
        self._policies = {w.code: [(v.since, WalletPolicy(self.unit(w.code), v.terms, zone)) for v in w.versions] for w in known}
        self._standard = WalletPolicy(self.unit(POINTS), WalletTerms(), zone)
        self.limited = any(version.terms.limits for wallet in known for version in wallet.versions)
        """Whether any of them ever had a limit."""

    @property
    def codes(self) -> list[str]:
        """Of all of them, `points` first."""
        return list(dict.fromkeys([POINTS, *sorted(self._known)]))

    def unit(self, code: str) -> Unit:
        """What is counted in a wallet; that of one that is not there is called a point."""
        wallet = self._known.get(code)
        return Unit(wallet=code, decimals=wallet.decimals, names=wallet.units) if wallet else Unit(wallet=code)

    def policy(self, code: str, at: datetime) -> WalletPolicy:
        """The terms in force at `at`; before its first ones those, but `points` has the standard terms until it is set up.

        Raises DomainError for a wallet that is not there.
        """
        versions = self._policies.get(code, [])
        if not versions and code != POINTS:
            raise DomainError("earning.wallet_unknown", field="wallet", wallet=code)
        held = [policy for since, policy in versions if since <= at]
        if held or code != POINTS:
            return held[-1] if held else versions[0][1]
        return self._standard

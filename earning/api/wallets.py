"""`/api/v1/wallets`: kinds of points, and the terms on which they are given, kept and taken."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from earning import queries
from earning.api.shapes import Moment, moment
from earning.commands import ConfigureWallet, Expiry, Limit, UnitName, WalletAnswer, WalletTerms
from earning.domain.expiry import ExpiryKind
from earning.domain.wallets import Overdraft
from earning.permissions import EDIT_WALLETS, SEE_WALLETS
from loyalty.api.views import CommandView, QueryView
from loyalty.domain.period import LimitPeriod


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one unit is called in a language, what many are, and `few` where 2 to 4 are called otherwise."""

    language: str
    singular: str
    plural: str
    few: str = ""


class Ends(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until which day points can be spent: never ending, `days` after they became active, to the end of the month, quarter or year, to
    the next `day` of `month`; to these come `grace_days`. Or rolling: for `months` after the customer was last active.
    """

    kind: ExpiryKind = "never"
    days: int = 0
    months: int = 0
    month: int = 0
    day: int = 0
    grace_days: int = 0


class WalletLimit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Purchases bring at most `most` points (smallest unit) in each calendar `period` (weeks begin on Monday), to each customer or to all
    together. What does not fit is not given, and said in preview, answer and explanation. Corrections and transfers do not count.
    """

    most: int
    period: LimitPeriod = "ever"
    whose: Literal["customer", "all"] = "customer"


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points can be spent `pending_days` after they were earned. The customer is told `warn_days` before they end (0: not).

    Goods come back whose points were spent: the balance goes below zero, or a debt stands beside it, or they are let go
    (`overdraft`). A correction above `approval_above` needs a second person (null: none does).
    """

    expiry: Ends = Ends()
    pending_days: int = 0
    overdraft: Overdraft = "negative"
    warn_days: int = 0
    approval_above: int | None = None
    restored_days: int = 30
    transfers_per_day: int = 5
    limits: tuple[WalletLimit, ...] = ()


class Wallet(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet with its current terms. `version` is 0 for `points` as every programme begins with it."""

    wallet_id: UUID
    code: str
    decimals: int
    units: list[Unit]
    terms: Terms
    version: int
    effective_at: datetime | None


class WalletBody(msgspec.Struct, forbid_unknown_fields=True):
    """A wallet with all its terms, in force for points given from `effective_at` on (now, when it is left out): in the place of terms that
    were still to come. A time before terms that hold already is refused.

    `seen_version` refuses when somebody else changed it meanwhile; 0 sets up only what nobody set up before.
    """

    units: list[Unit]
    decimals: int = 0
    terms: Terms = Terms()
    effective_at: Moment | None = None
    seen_version: int | None = None


class WalletsView(QueryView):
    """List the wallets of the programme."""

    permission = SEE_WALLETS
    answer = list[Wallet]

    def ask(self, query: None, **path: Any) -> list[Wallet]:
        return [shown(card) for card in queries.wallets()]


class WalletView(QueryView):
    """Show one wallet."""

    permission = SEE_WALLETS
    answer = Wallet

    def ask(self, query: None, **path: Any) -> Wallet:
        return shown(queries.wallet(path["code"]))


class ConfigureWalletView(CommandView):
    """Set a wallet up, or give it new terms."""

    method = "put"
    permission = EDIT_WALLETS
    body = WalletBody
    answer = WalletAnswer
    dry_runs = True

    def command(self, body: WalletBody, **path: Any) -> ConfigureWallet:
        limits = tuple(Limit(of="points", **msgspec.structs.asdict(one)) for one in body.terms.limits)
        given = msgspec.structs.asdict(body.terms) | {"expiry": Expiry(**msgspec.structs.asdict(body.terms.expiry)), "limits": limits}
        return ConfigureWallet(
            code=path["code"],
            decimals=body.decimals,
            units=tuple(UnitName(**msgspec.structs.asdict(unit)) for unit in body.units),
            terms=WalletTerms(**given),
            effective_at=body.effective_at and moment(body.effective_at, "effective_at"),
            seen_version=body.seen_version,
        )


def shown(card: queries.WalletCard) -> Wallet:
    """A wallet as the API shows it."""
    return msgspec.convert(card, Wallet, from_attributes=True)

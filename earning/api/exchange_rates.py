"""`/api/v1/exchange-rates`: what purchases in other currencies count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from earning import queries
from earning.api.shapes import Moment, moment
from earning.api.shapes import Rate as Exact
from earning.commands import RateAnswer, SetExchangeRate
from earning.permissions import EDIT_PROGRAMME, SEE_PURCHASES
from loyalty.api.views import CommandView, QueryView


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of `currency` counts `rate` units of `into`, for purchases made from `since` on until a later rate of it holds."""

    currency: str
    into: str
    rate: Exact
    since: datetime


class RateBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many units of the programme's currency one unit counts, for purchases made from `effective_at` on (now, when left out)."""

    rate: Exact
    effective_at: Moment | None = None


class ExchangeRatesView(QueryView):
    """List the exchange rates that were ever set, the latest first."""

    permission = SEE_PURCHASES
    answer = list[Rate]

    def ask(self, query: None, **path: Any) -> list[Rate]:
        return [shown(card) for card in queries.exchange_rates()]


class SetExchangeRateView(CommandView):
    """Set the rate of another currency. Purchases that were recorded keep theirs."""

    method = "put"
    permission = EDIT_PROGRAMME
    body = RateBody
    answer = Rate
    dry_runs = True

    def command(self, body: RateBody, **path: Any) -> SetExchangeRate:
        since = body.effective_at and moment(body.effective_at, "effective_at")
        return SetExchangeRate(currency=path["currency"], rate=body.rate, into=self.tenant.currency, effective_at=since)

    def present(self, result: RateAnswer) -> Rate:
        return shown(result)


def shown(card: queries.ExchangeRateCard | RateAnswer) -> Rate:
    """A rate as the API shows it."""
    return msgspec.convert(card, Rate, from_attributes=True)

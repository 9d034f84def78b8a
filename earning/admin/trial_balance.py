"""The page with the trial balance of a wallet: the books of all accounts before a period, in it, and at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from earning import queries
from earning.admin import shown
from earning.admin.axes import Axes, axes, day_asked
from earning.models import Movement
from earning.permissions import SEE_BOOKS
from loyalty.admin import navigation
from loyalty.domain.period import day_period
from loyalty.house import formats
from loyalty.tenancy import reading

TITLE = gettext_lazy("Trial balance")


def page(request: HttpRequest) -> HttpResponse:
    """`?wallet=points&since=2026-01-01&as_of=2026-01-31&known_at=2026-02-02`; without a beginning, since the first movement."""
    if not cast(Any, request.user).has_perm(SEE_BOOKS):
        raise PermissionDenied
    tenant = cast(Any, request).tenant
    with reading(tenant.id):
        then, since = _period(request, tenant.zone)
        cards = queries.wallets()
        code = next((card.code for card in cards if card.code == request.GET.get("wallet")), cards[0].code)
        found = None if then.wrong else queries.trial_balance(then.as_of, since, then.known_at, code)
        told = {
            "title": TITLE,
            "then": then,
            "since": request.GET.get("since", "") if since else "",
            "wallet": code,
            "wallets": [(card.code, shown.wallet(queries.wallets_here().unit(card.code))) for card in cards],
            "table": found and _table(found, tenant.id),
            "unbalanced": found and found.unbalanced,
        }
        return TemplateResponse(request, "earning/admin/trial_balance.html", admin.site.each_context(request) | told).render()


def _period(request: HttpRequest, zone: ZoneInfo) -> tuple[Axes, datetime | None]:
    """The end of the period, and its beginning: no day, or one after the end, is told as wrong."""
    then = axes(request, zone)
    typed = request.GET.get("since", "").strip()
    day = day_asked(typed)
    since = day_period(day, zone).start if day else None
    if (typed and day is None) or (since is not None and since > then.as_of):
        then = replace(then, wrong=then.wrong | {"since"})
    return then, since


def _table(found: queries.TrialBalance, tenant_id: int) -> shown.Table:
    unit = queries.wallets_here().unit(found.wallet)
    kinds: Mapping[str, Any] = dict(Movement.Kind.choices)
    ends = {"at": shown.moment(found.as_of, tenant_id)}

    def row(title: str, movements: str, into: Mapping[Any, int]) -> list[str]:
        figures = [*(into[book] for book in queries.BOOKS), sum(into.values())]
        return [title, movements, *(formats.points(n, shown.language(), decimals=unit.decimals) for n in figures)]

    def rows() -> Iterator[list[str]]:
        if found.since is not None:
            yield row(_("Before %(at)s") % {"at": shown.moment(found.since, tenant_id)}, shown.NOTHING, found.opening)
        for one in found.moved:
            yield row(str(kinds[one.kind]), formats.number(one.movements, shown.language()), one.into)
        yield row(_("At %(at)s") % ends, shown.NOTHING, found.closing)

    headers = [_("What"), _("Movements"), _("Members"), _("Issuer"), _("Redeemed"), _("Ended unspent"), _("Sum")]
    return {"headers": headers, "figures": [1, 2, 3, 4, 5, 6], "rows": list(rows())}


navigation.register(gettext_lazy("Earning"), TITLE, "admin:earning_account_trial-balance", SEE_BOOKS, icon="balance", order=36)

"""What a reward brought: in words and figures, as charts and tables by day, and as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from earning.queries import said_points
from loyalty.admin import related
from loyalty.admin.changes import NONE
from loyalty.admin.export import Cell
from loyalty.admin.export import streamed as streamed_file
from loyalty.domain.errors import DomainError
from loyalty.domain.period import business_day, local_midnight
from loyalty.house import formats
from loyalty.house.templatetags.house import language
from loyalty.messages.refusals import message
from loyalty.staff.permissions import EXPORT
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from rewards.admin.charts import Chart, chart
from rewards.models import Reward
from rewards.permissions import SEE_COUPONS, SEE_RESULTS
from rewards.queries import ResultFigures, RewardResults, reward_results
from rewards.queries.results import currencies

PAGE, FILE, LIST = "admin:rewards_reward_results", "admin:rewards_reward_results_file", "admin:rewards_coupon_changelist"
SPANS = (7, 30, 90)
Find = Callable[[HttpRequest, str], Any]
Table = dict[str, Any]


def page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The page of a reward's results."""
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    with reading(tenant.id):
        row = _row(admin, request, object_id)
        found, wrong = _asked(request, row)
        context = admin.admin_site.each_context(request) | {
            "title": pgettext("reward", "Results"),
            "subtitle": row.name,
            "trail": admin.trail(row, pgettext("reward", "Results")),
            "wrong": wrong,
            "period": {"first": found.first.isoformat(), "last": found.last.isoformat()},
            "spans": [_span(days, tenant) for days in SPANS],
            "summary": _summary(found.total, tenant),
            "charts": [*_charts(found, tenant)] if _anything(found.total) else [],
            "coupons": _coupons(found, tenant),
            "purchases": _purchases(found, tenant),
            "command_links": _links(request, row, found, tenant),
        }
        request.current_app = admin.admin_site.name
        return TemplateResponse(request, "rewards/admin/results.html", context).render()


def file(admin: Any, request: HttpRequest, object_id: str) -> HttpResponseBase:
    """The same days as a file."""
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    with reading(tenant.id):
        row = _row(admin, request, object_id)
        found, _wrong = _asked(request, row)
    known = currencies(found.days.values()) or [tenant.currency]
    rows = [_line(day, one, known, tenant.currency) for day, one in found.days.items()]
    return streamed_file(request, "rewards.results", "results", _titles(known, tenant.currency), lambda _place: (rows, None), row.id)


def _row(admin: Any, request: HttpRequest, object_id: str) -> Reward:
    user: Any = request.user
    if not user.has_perm(SEE_RESULTS):
        raise PermissionDenied
    row: Reward | None = admin.row(request, object_id)
    if row is None:
        raise Http404
    return row


def _asked(request: HttpRequest, row: Reward) -> tuple[RewardResults, str]:
    """The results of the days that are asked for, or of the usual ones with what is wrong with those."""
    try:
        days = [date.fromisoformat(typed) if (typed := request.GET.get(name, "").strip()) else None for name in ("first", "last")]
    except ValueError:
        return reward_results(row.id), _("Enter a day, such as 2026-01-31.")
    try:
        return reward_results(row.id, *days), ""
    except DomainError as refusal:
        return reward_results(row.id), message(refusal)


def _span(days: int, tenant: Tenant) -> dict[str, str]:
    today = business_day(timezone.now(), tenant.zone)
    asked = urlencode({"first": today - timedelta(days=days - 1), "last": today})
    return {"url": f"?{asked}", "said": _("Last %(days)s days") % {"days": days}}


def _links(request: HttpRequest, row: Reward, found: RewardResults, tenant: Tenant) -> list[dict[str, Any]]:
    """To the redemptions of these days, and the file."""
    user: Any = request.user
    links = []
    if user.has_perm(SEE_COUPONS):
        ends = local_midnight(found.last + timedelta(days=1), tenant.zone), local_midnight(found.first, tenant.zone)
        asked = {"reward": row.id, "issued_at__gte": ends[1].isoformat(), "issued_at__lt": ends[0].isoformat()}
        url = f"{reverse(LIST)}?{urlencode(asked)}"
        links.append({"title": _("Redemptions of these days"), "url": url, "quiet": True, "icon": "confirmation_number"})
    if user.has_perm(EXPORT):
        url = f"{reverse(FILE, args=[row.pk])}?{urlencode({'first': found.first, 'last': found.last})}"
        links.append({"title": _("Export"), "url": url, "quiet": True, "icon": "download"})
    return links


def _anything(total: ResultFigures) -> bool:
    return bool(total.issued or total.used or total.cancelled or total.expired or total.revenue)


def _summary(total: ResultFigures, tenant: Tenant) -> list[tuple[str, str]]:
    """What it comes to in all."""
    return [
        (pgettext("coupons", "Issued"), _number(total.issued)),
        (_("Used"), _number(total.used)),
        (_("Cancelled"), _number(total.cancelled)),
        (pgettext("coupons", "Expired"), _number(total.expired)),
        (_("Points"), _points(total.points)),
        (_("Cost to the company"), formats.money(total.cost, tenant.currency, language())),
        (_("Taken off purchases"), _money(total.worth)),
        (_("Revenue with the reward"), _money(total.revenue)),
        (_("An average purchase with it"), _average(total.revenue, total.purchases)),
        (_("An average purchase without"), _average(total.other_revenue, total.other_purchases)),
    ]


def _charts(found: RewardResults, tenant: Tenant) -> Iterator[Chart]:
    ends = {"first": formats.day(found.first, tenant.zone, language()), "last": formats.day(found.last, tenant.zone, language())}
    said = _("From %(first)s to %(last)s. The tables below say the same in figures.") % ends
    coupons = {
        pgettext("coupons", "Issued"): {day: one.issued for day, one in found.days.items()},
        _("Used"): {day: one.used for day, one in found.days.items()},
    }
    yield chart("coupons-chart", _("Coupons by day"), said, coupons, tenant.zone, _number)
    for currency in [code for code in currencies(found.days.values()) if found.total.revenue.get(code)]:
        revenue = {_("Revenue with the reward"): {day: one.revenue.get(currency, 0) for day, one in found.days.items()}}
        told = partial(_told, currency=currency)
        yield chart(f"revenue-{currency}", _("Revenue with the reward by day"), said, revenue, tenant.zone, told)


def _coupons(found: RewardResults, tenant: Tenant) -> Table | None:
    """What became of coupons, the latest day first; days without any are left out."""
    headers = [
        _("Day"), pgettext("coupons", "Issued"), _("Used"), _("Cancelled"), pgettext("coupons", "Expired"), _("Points"),
        _("Cost to the company"), _("Taken off purchases"),
    ]  # fmt: skip
    rows = [
        [
            formats.day(day, tenant.zone, language()),
            *map(_number, (one.issued, one.used, one.cancelled, one.expired)),
            _points(one.points),
            formats.money(one.cost, tenant.currency, language()) if one.cost else NONE,
            _money(one.worth),
        ]
        for day, one in reversed([*found.days.items()])
        if one.issued or one.used or one.cancelled or one.expired or one.worth
    ]
    return {"headers": headers, "figures": [*range(1, len(headers))], "rows": rows} if rows else None


def _purchases(found: RewardResults, tenant: Tenant) -> Table | None:
    """Purchases with the reward and without, the latest day first."""
    headers = [_("Day"), _("Purchases with it"), _("Revenue with it"), _("Purchases without"), _("Revenue without")]
    rows = [
        [
            formats.day(day, tenant.zone, language()),
            _number(sum(one.purchases.values())),
            _money(one.revenue),
            _number(sum(one.other_purchases.values())),
            _money(one.other_revenue),
        ]
        for day, one in reversed([*found.days.items()])
        if one.purchases or one.other_purchases
    ]
    return {"headers": headers, "figures": [*range(1, len(headers))], "rows": rows} if rows else None


def _titles(known: Sequence[str], currency: str) -> list[str]:
    names = [_("Taken off purchases"), _("Purchases with it"), _("Revenue with it"), _("Purchases without"), _("Revenue without")]
    apart = [f"{name} ({code})" for code in known for name in names]
    counted = [pgettext("coupons", "Issued"), _("Used"), _("Cancelled"), pgettext("coupons", "Expired"), _("Points")]
    return [_("Day"), *counted, f"{_('Cost to the company')} ({currency})", *apart]


def _line(day: date, one: ResultFigures, known: Sequence[str], currency: str) -> list[Cell]:
    apart: list[Cell] = []
    for code in known:
        amounts = [formats.major(units.get(code, 0), code) for units in (one.worth, one.revenue, one.other_revenue)]
        apart += [amounts[0], one.purchases.get(code, 0), amounts[1], one.other_purchases.get(code, 0), amounts[2]]
    points = "; ".join(said_points(sorted(one.points.items()), signed=False))
    return [day, one.issued, one.used, one.cancelled, one.expired, points, formats.major(one.cost, currency), *apart]


def _number(value: int) -> str:
    return formats.number(value, language())


def _told(minor: int, currency: str) -> str:
    return formats.money(minor, currency, language())


def _money(amounts: Mapping[str, int]) -> str:
    """Each currency by itself."""
    return " · ".join(_told(amount, code) for code, amount in sorted(amounts.items()) if amount) or NONE


def _points(points: Mapping[str, int]) -> str:
    told = said_points([(wallet, amount) for wallet, amount in sorted(points.items()) if amount], signed=False)
    return " · ".join(told) or NONE


def _average(amounts: Mapping[str, int], counts: Mapping[str, int]) -> str:
    """Of one purchase, rounded half up."""
    found = {code: (2 * amounts.get(code, 0) + count) // (2 * count) for code, count in counts.items() if count > 0}
    return _money(found)


def _of_reward(row: Reward) -> related.Link | None:
    return related.Link(reverse(PAGE, args=[row.pk]), pgettext("reward", "Results"))


related.register("rewards.reward", _of_reward, SEE_RESULTS, icon="monitoring", order=5)

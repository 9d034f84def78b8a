"""The refusal of a purchase for whose points a limit has no room any more: in the reader's words."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from uuid import UUID

from django.utils.translation import gettext

from earning.domain.limits import Limit, LimitRows, rows_of
from earning.domain.wallets import Wallets
from earning.events import DeedRewarded, PointsEarned
from earning.kinds.enough import anew
from earning.kinds.scopes import limit_sentence
from earning.queries.rule_titles import rule_titles
from loyalty.domain.errors import Conflict
from loyalty.domain.period import next_start


def limit_reached(
    missing: Container[UUID], earned: Iterable[PointsEarned | DeedRewarded], of_rules: Mapping[UUID, LimitRows], wallets: Wallets
) -> Conflict:
    """Names the rule, or the wallet, that has `missing` rows of limits, the first such limit, and when it begins anew."""
    for holder, limit, one in _holders(missing, earned, of_rules, wallets):
        again = next_start(limit.period, one.earned_at, wallets.zone.key)
        said = limit_sentence(limit, wallets.unit(one.wallet))
        return Conflict("earning.limit_reached", holder=holder, limit=said, anew=anew(again))
    raise LookupError("no limit of these points is missing")


def _holders(
    missing: Container[UUID], earned: Iterable[PointsEarned | DeedRewarded], of_rules: Mapping[UUID, LimitRows], wallets: Wallets
) -> Iterator[tuple[str, Limit, PointsEarned | DeedRewarded]]:
    """What each limit is of, the limit, and the points that it has no room for."""
    for one in earned:
        for given in one.contributions:
            for limit, use in of_rules.get(given.rule_id, ()):
                if use.id in missing:
                    yield rule_titles([given.rule_id])[given.rule_id, given.version].name, limit, one
        for limit, use in rows_of(one.limits, one.wallet, one.customer_id, one.earned_at, wallets.zone.key):
            if use.id in missing:
                yield gettext("wallet %(code)s") % {"code": one.wallet}, limit, one

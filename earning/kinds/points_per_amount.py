"""Points per spend, as people and programs meet them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from django.utils.translation import gettext as _

from earning.domain.terms import PointsPerAmount
from earning.domain.wallets import Unit
from earning.kinds.selections import Lines, sentences
from earning.kinds.words import ROUNDINGS, money, points_of
from loyalty.domain.points import Rounding

Points = Annotated[Decimal, msgspec.Meta(description='Above zero, at most six decimals: "5" or "0.5".')]
Minor = Annotated[int, msgspec.Meta(description="Minor units of the currency.")]


class PointsPerAmountTerms(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="points_per_amount"
):
    """`points` for each `per` minor units spent, in proportion, or for full amounts only (`whole_steps`).

    With `carry`, what is left of full amounts counts with the customer's next purchase; points that a limit of the rule has no room for
    are lost, not carried. A new version that gives other points, or for another amount, begins counting anew.
    `only` and `never` say which lines count; delivery counts unless told otherwise; the base is net of discounts, or gross.
    """

    points: Points
    per: Minor
    currency: str = ""
    rounding: Rounding = "floor"
    whole_steps: bool = False
    carry: bool = False
    only: Lines = Lines()
    never: Lines = Lines()
    delivery: bool = True
    rewards: Literal["net", "gross"] = "net"


def sentence(terms: PointsPerAmount, unit: Unit) -> str:
    """“1 point for each ₫10,000 spent, in proportion, rounded down.”"""
    return " ".join([_base(terms, unit), *sentences(terms.only, terms.never), *_left_out(terms)])


def _base(terms: PointsPerAmount, unit: Unit) -> str:
    told = {"points": points_of(terms.points, unit), "amount": money(terms.per, terms.currency)}
    told["rounding"] = str(ROUNDINGS[terms.rounding])
    if not terms.whole_steps:
        return _("%(points)s for each %(amount)s spent, in proportion, %(rounding)s.") % told
    if terms.points == terms.points.to_integral_value():
        return _("%(points)s for each full %(amount)s spent.") % told
    return _("%(points)s for each full %(amount)s spent, %(rounding)s.") % told


def _left_out(terms: PointsPerAmount) -> Iterator[str]:
    if terms.carry:
        yield _("What is left over counts with the next purchase.")
    if not terms.delivery:
        yield _("Delivery does not count.")
    if terms.rewards == "gross":
        yield _("Discounts are not taken off.")

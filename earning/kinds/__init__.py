"""The kinds of earning rules as people and programs meet them: sentence, shape in the API, form. A new kind is one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
from django.utils.translation import gettext_lazy as _

from earning.domain.terms import CustomEventPoints, InstantReward, Multiplier, PointsPerAmount, ProductPoints, Terms
from earning.domain.wallets import Unit
from earning.kinds import custom_event, instant_reward, multiplier, points_per_amount, product_points

Shape: TypeAlias = (
    points_per_amount.PointsPerAmountTerms
    | product_points.ProductPointsTerms
    | multiplier.MultiplierTerms
    | instant_reward.InstantRewardTerms
    | custom_event.CustomEventTerms
)
"""Terms as the API takes and shows them, told apart by `kind`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rule: its title, what its terms say in the reader's language of the unit of a wallet, and their shape."""

    title: Any
    terms: type[Terms]
    sentence: Callable[[Any, Unit], str]
    shape: type[msgspec.Struct]


KINDS: dict[str, Kind] = {
    "points_per_amount": Kind(_("Points per amount"), PointsPerAmount, points_per_amount.sentence, points_per_amount.PointsPerAmountTerms),
    "product_points": Kind(_("Points for products"), ProductPoints, product_points.sentence, product_points.ProductPointsTerms),
    "multiplier": Kind(_("Multiplier of points per amount"), Multiplier, multiplier.sentence, multiplier.MultiplierTerms),
    "instant_reward": Kind(_("Instant reward"), InstantReward, instant_reward.sentence, instant_reward.InstantRewardTerms),
    "custom_event": Kind(_("Points for a custom event"), CustomEventPoints, custom_event.sentence, custom_event.CustomEventTerms),
}

"""Product points, as people and programs meet them."""

from __future__ import annotations

from typing import Literal

import msgspec
from django.utils.translation import gettext as _

from earning.domain.terms import ProductPoints
from earning.domain.wallets import Unit
from earning.kinds.points_per_amount import Points
from earning.kinds.selections import Lines, sentences
from earning.kinds.words import ROUNDINGS, points_of
from loyalty.domain.points import Rounding


class ProductPointsTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="product_points"):
    """`points` for each line, or for each unit bought, of the lines that `only` and `never` say."""

    points: Points
    each: Literal["line", "unit"] = "unit"
    rounding: Rounding = "floor"
    only: Lines = Lines()
    never: Lines = Lines()


def sentence(terms: ProductPoints, unit: Unit) -> str:
    """“100 points for each unit bought, rounded down. Only SKU 000.”"""
    told = {"points": points_of(terms.points, unit), "rounding": str(ROUNDINGS[terms.rounding])}
    words = _("%(points)s for each unit bought, %(rounding)s.") if terms.each == "unit" else _("%(points)s for each matching line.")
    return " ".join([words % told, *sentences(terms.only, terms.never)])

"""Instant rewards, as people and programs meet them."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from earning import queries
from earning.domain.terms import InstantReward
from earning.domain.wallets import Unit
from earning.kinds.selections import Lines, sentences


class InstantRewardTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="instant_reward"):
    """The reward `reward_id`, once for a purchase that has a line which `only` and `never` let count."""

    reward_id: UUID
    only: Lines = Lines()
    never: Lines = Lines()


def sentence(terms: InstantReward, unit: Unit) -> str:
    """“The reward “Free coffee”. Only SKU 000.”"""
    told = _("The reward “%(reward)s”.") % {"reward": queries.rewards_called([terms.reward_id])[terms.reward_id]}
    return " ".join([told, *sentences(terms.only, terms.never)])

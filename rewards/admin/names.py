"""What the ids in the events of rewards belong to."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from loyalty.admin.naming import Ids, name_ids, rows
from rewards.models import CodeBatch, Coupon, Reward


def of_rewards(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """What staff call them."""
    return dict(rows(request, Reward, ids["reward_id"] | ids["copied_from"]).values_list("id", "name"))


def of_coupons(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """The rewards that they are of."""
    of = dict(rows(request, Coupon, ids["coupon_id"]).values_list("id", "reward_id"))
    names = of_rewards(request, {"reward_id": frozenset(of.values()), "copied_from": frozenset()})
    return {key: names[reward] for key, reward in of.items() if reward in names}


def of_batches(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """The rewards whose codes they are."""
    of = dict(rows(request, CodeBatch, ids["batch_id"]).values_list("id", "reward_id"))
    names = of_rewards(request, {"reward_id": frozenset(of.values()), "copied_from": frozenset()})
    return {key: names[reward] for key, reward in of.items() if reward in names}


name_ids(of_batches, "batch_id")
name_ids(of_rewards, "reward_id", "copied_from")
name_ids(of_coupons, "coupon_id")

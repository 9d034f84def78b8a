"""What the ids in the events of rewards belong to."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest

from loyalty.admin.naming import Ids, name_ids, rows
from rewards.models import CodeBatch, Coupon, Reward


def reward_names(request: HttpRequest, keys: Iterable[UUID]) -> dict[UUID, str]:
    """What staff call rewards."""
    return dict(rows(request, Reward, keys).values_list("id", "name"))


def of_rewards(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """What staff call them."""
    return reward_names(request, ids["reward_id"] | ids["copied_from"])


def of_coupons(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """The rewards that they are of."""
    return _by_reward(request, Coupon, ids["coupon_id"])


def of_batches(request: HttpRequest, ids: Ids) -> dict[UUID, str]:
    """The rewards whose codes they are."""
    return _by_reward(request, CodeBatch, ids["batch_id"])


def _by_reward(request: HttpRequest, model: type[Coupon | CodeBatch], keys: Iterable[UUID]) -> dict[UUID, str]:
    of = dict(rows(request, model, keys).values_list("id", "reward_id"))
    names = reward_names(request, of.values())
    return {key: names[reward] for key, reward in of.items() if reward in names}


name_ids(of_batches, "batch_id")
name_ids(of_rewards, "reward_id", "copied_from")
name_ids(of_coupons, "coupon_id")

"""Read models and guards of rewards. Each read model is written by one projection, in the transaction of the command."""

from rewards.models.baskets import Basket
from rewards.models.batches import CodeBatch
from rewards.models.coupons import Code, Coupon, CouponUse, Guess, Room, RoomHold
from rewards.models.gifts import Gift
from rewards.models.results import ResultCoupon, ResultFigure, ResultSale, ResultUse
from rewards.models.rewards import Reward, RewardVersion, state_now

__all__ = [
    "Basket", "Code", "CodeBatch", "Coupon", "CouponUse", "Gift", "Guess", "ResultCoupon", "ResultFigure", "ResultSale", "ResultUse",
    "Reward", "RewardVersion", "Room", "RoomHold", "state_now",
]  # fmt: skip

"""Read models and guards of rewards. Each read model is written by one projection, in the transaction of the command."""

from rewards.models.coupons import Code, Coupon, Room
from rewards.models.rewards import Reward, RewardVersion, state_now

__all__ = ["Code", "Coupon", "Reward", "RewardVersion", "Room", "state_now"]

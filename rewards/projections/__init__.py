"""What rewards shows right after a command."""

from rewards.projections.coupons import Coupons
from rewards.projections.rewards import Rewards

__all__ = ["Coupons", "Rewards"]

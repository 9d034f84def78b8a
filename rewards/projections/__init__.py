"""What rewards shows right after a command, and what follows from it."""

from rewards.projections.baskets import Baskets
from rewards.projections.coupons import Coupons
from rewards.projections.givings import Givings
from rewards.projections.rewards import Rewards

__all__ = ["Baskets", "Coupons", "Givings", "Rewards"]

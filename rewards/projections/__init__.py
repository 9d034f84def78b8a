"""What rewards shows right after a command."""

from rewards.projections.baskets import Baskets
from rewards.projections.batches import CodeBatches
from rewards.projections.coupons import Coupons
from rewards.projections.gifts import Gifts
from rewards.projections.rewards import Rewards

__all__ = ["Baskets", "CodeBatches", "Coupons", "Gifts", "Rewards"]

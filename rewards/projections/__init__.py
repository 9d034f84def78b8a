"""What rewards shows right after a command, and what rewards brought."""

from rewards.projections.baskets import Baskets
from rewards.projections.batches import CodeBatches
from rewards.projections.coupons import Coupons
from rewards.projections.gifts import Gifts
from rewards.projections.results import Results
from rewards.projections.rewards import Rewards

__all__ = ["Baskets", "CodeBatches", "Coupons", "Gifts", "Results", "Rewards"]

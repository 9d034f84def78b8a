"""Questions about rewards and coupons. All need an open `reading(tenant_id)`."""

from rewards.queries.baskets import BasketCard, Quote, Quoted, basket, quote
from rewards.queries.batches import BatchCard, batch_numbers, batch_runs, code_batch, code_batches
from rewards.queries.brought import CodeBrought, code_brought, code_unclaimed
from rewards.queries.coupons import (
    CouponCard,
    Standing,
    coupon,
    coupon_by_code,
    coupon_code,
    coupon_shown,
    coupon_state,
    coupons,
    is_coupon_code,
    may_be_code,
    may_be_phone_or_code,
    redemptions,
)
from rewards.queries.gifts import GiftCard, cancelled_for, gift, has_gifts, is_addressed
from rewards.queries.numbers import RewardNumbers, reward_categories, reward_numbers
from rewards.queries.offers import OfferCard, offers, public_offers
from rewards.queries.programme import RewardOnShow, reward_by_code, rewards_on_show
from rewards.queries.results import ResultFigures, RewardResults, reward_results
from rewards.queries.rewards import RewardCard, RewardVersionCard, reward, reward_versions, rewards
from rewards.queries.said import SaidCoupon, SaidOffer, SaidQuoted, choice_text, said_choices, said_coupons, said_offers, said_quote
from rewards.queries.shelves import on_shelves, terms_of_offer

__all__ = [
    "BasketCard", "BatchCard", "CodeBrought", "CouponCard", "GiftCard", "OfferCard", "Quote", "Quoted", "ResultFigures", "RewardCard",
    "RewardNumbers", "RewardOnShow", "RewardResults", "RewardVersionCard", "SaidCoupon", "SaidOffer", "SaidQuoted", "Standing",
    "basket", "batch_numbers", "batch_runs", "cancelled_for", "choice_text", "code_batch", "code_batches", "code_brought",
    "code_unclaimed", "coupon", "coupon_by_code", "coupon_code", "coupon_shown", "coupon_state", "coupons", "gift", "has_gifts",
    "is_addressed", "is_coupon_code", "may_be_code", "may_be_phone_or_code", "offers", "on_shelves", "public_offers", "quote",
    "redemptions", "reward", "reward_by_code", "reward_categories", "reward_numbers", "reward_results", "reward_versions",
    "rewards", "rewards_on_show", "said_choices", "said_coupons", "said_offers", "said_quote", "terms_of_offer",
]  # fmt: skip

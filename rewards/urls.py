"""Addresses of rewards and coupons."""

from django.urls import path

from loyalty.api.views import endpoint
from rewards.api import baskets, batches, claims, coupons, offers, rewards

api_urlpatterns = [
    path("rewards", endpoint(get=rewards.RewardsView, post=rewards.CreateRewardView)),
    path("rewards/public", endpoint(get=offers.PublicOffersView)),
    path("rewards/<uuid:reward_id>", endpoint(get=rewards.RewardView)),
    path("rewards/<uuid:reward_id>/versions", endpoint(get=rewards.RewardVersionsView)),
    path("rewards/<uuid:reward_id>/change", endpoint(post=rewards.ChangeRewardView)),
    path("rewards/<uuid:reward_id>/clone", endpoint(post=rewards.CloneRewardView)),
    path("rewards/<uuid:reward_id>/activate", endpoint(post=rewards.ActivateRewardView)),
    path("rewards/<uuid:reward_id>/pause", endpoint(post=rewards.PauseRewardView)),
    path("rewards/<uuid:reward_id>/give-to-segment", endpoint(post=rewards.GiveToSegmentView)),
    path("rewards/<uuid:reward_id>/code-batches", endpoint(get=batches.BatchesView, post=batches.MakeCodesView)),
    path("rewards/<uuid:reward_id>/shared-codes", endpoint(post=batches.AddSharedCodeView)),
    path("code-batches/<uuid:batch_id>", endpoint(get=batches.BatchView)),
    path("code-batches/<uuid:batch_id>/withdraw", endpoint(post=batches.WithdrawBatchView)),
    path("rewards/<uuid:reward_id>/end", endpoint(post=rewards.EndRewardView)),
    path("customers/<uuid:customer_id>/rewards", endpoint(get=offers.OffersView)),
    path("customers/<uuid:customer_id>/rewards/redeem", endpoint(post=coupons.RedeemView)),
    path("customers/<uuid:customer_id>/rewards/give", endpoint(post=coupons.GiveView)),
    path("customers/<uuid:customer_id>/coupons", endpoint(get=coupons.CustomerCouponsView)),
    path("customers/<uuid:customer_id>/coupons/claim", endpoint(post=claims.ClaimView)),
    path("coupons", endpoint(get=coupons.RedemptionsView)),
    path("coupons/use", endpoint(post=coupons.UseByCodeView)),
    path("coupons/<uuid:coupon_id>", endpoint(get=coupons.CouponView)),
    path("coupons/<uuid:coupon_id>/use", endpoint(post=coupons.UseView)),
    path("coupons/<uuid:coupon_id>/mark-unused", endpoint(post=coupons.MarkUnusedView)),
    path("coupons/<uuid:coupon_id>/cancel", endpoint(post=coupons.CancelView)),
    path("baskets/quote", endpoint(post=baskets.QuoteBasketView)),
    path("baskets", endpoint(post=baskets.HoldBasketView)),
    path("baskets/<uuid:basket_id>/release", endpoint(post=baskets.ReleaseBasketView)),
    path("baskets/<uuid:basket_id>/confirm", endpoint(post=baskets.ConfirmBasketView)),
    path("me/baskets/quote", endpoint(post=baskets.OwnQuoteBasketView)),
    path("me/baskets", endpoint(post=baskets.OwnHoldBasketView)),
    path("me/baskets/<uuid:basket_id>/release", endpoint(post=baskets.OwnReleaseBasketView)),
    path("me/rewards", endpoint(get=offers.OwnOffersView)),
    path("me/rewards/redeem", endpoint(post=coupons.OwnRedeemView)),
    path("me/coupons", endpoint(get=coupons.OwnCouponsView)),
    path("me/coupons/claim", endpoint(post=claims.OwnClaimView)),
    path("me/coupons/<uuid:coupon_id>", endpoint(get=coupons.OwnCouponView)),
    path("me/coupons/<uuid:coupon_id>/use", endpoint(post=coupons.OwnUseView)),
]

"""Addresses of merchants, points of sale and sellers over REST, and of the till's screens."""

from django.urls import path

from loyalty.api.views import endpoint
from pos.api import merchants, points_of_sale, sellers
from pos.views import documents, enrolling, entry, finding, paper, programme, rewards, sale

api_urlpatterns = [
    path("merchants", endpoint(get=merchants.MerchantsView, post=merchants.AddMerchantView)),
    path("merchants/<uuid:merchant_id>", endpoint(get=merchants.MerchantView, patch=merchants.EditMerchantView)),
    path("merchants/<uuid:merchant_id>/activate", endpoint(post=merchants.ActivateMerchantView)),
    path("merchants/<uuid:merchant_id>/deactivate", endpoint(post=merchants.DeactivateMerchantView)),
    path("points-of-sale", endpoint(get=points_of_sale.PointsOfSaleView, post=points_of_sale.AddPointOfSaleView)),
    path("points-of-sale/<uuid:pos_id>", endpoint(get=points_of_sale.PointOfSaleView, patch=points_of_sale.EditPointOfSaleView)),
    path("points-of-sale/<uuid:pos_id>/activate", endpoint(post=points_of_sale.ActivatePointOfSaleView)),
    path("points-of-sale/<uuid:pos_id>/deactivate", endpoint(post=points_of_sale.DeactivatePointOfSaleView)),
    path("sellers", endpoint(get=sellers.SellersView)),
    path("sellers/<uuid:user_id>", endpoint(get=sellers.SellerView, put=sellers.AssignSellerView)),
    path("sellers/<uuid:user_id>/activate", endpoint(post=sellers.ActivateSellerView)),
    path("sellers/<uuid:user_id>/deactivate", endpoint(post=sellers.DeactivateSellerView)),
]
urlpatterns = [
    path("till/", finding.choose, name="till-choose"),
    path("till/<str:code>/", finding.counter, name="till"),
    path("till/<str:code>/find/", finding.find, name="till-find"),
    path("till/<str:code>/new/", enrolling.enrol, name="till-enrol"),
    path("till/<str:code>/new/<uuid:challenge_id>/", enrolling.enrol_code, name="till-enrol-code"),
    path("till/<str:code>/anonymous/", sale.anonymous, name="till-anonymous"),
    path("till/<str:code>/anonymous/record/", sale.record_anonymous, name="till-record-anonymous"),
    path("till/<str:code>/enter/", entry.enter, name="till-enter"),
    path("till/<str:code>/rules/", programme.rules, name="till-rules"),
    path("till/<str:code>/rewards/", programme.rewards, name="till-programme-rewards"),
    path("till/<str:code>/levels/", programme.levels, name="till-levels"),
    path("till/<str:code>/documents/", documents.find, name="till-documents"),
    path("till/<str:code>/documents/<uuid:purchase_id>/", documents.document, name="till-document"),
    path("till/<str:code>/documents/<uuid:purchase_id>/preview/", documents.preview, name="till-return-preview"),
    path("till/<str:code>/documents/<uuid:purchase_id>/return/", documents.take_back, name="till-return"),
    path("till/<str:code>/documents/<uuid:purchase_id>/void/", documents.void, name="till-void"),
    path("till/<str:code>/documents/<uuid:purchase_id>/give/", documents.give, name="till-give"),
    path("till/<str:code>/codes/claim/", paper.claim, name="till-claim-code"),
    path("till/<str:code>/coupons/<uuid:coupon_id>/use/", rewards.use, name="till-use-coupon"),
    path("till/<str:code>/baskets/<uuid:basket_id>/", rewards.basket, name="till-basket"),
    path("till/<str:code>/baskets/<uuid:basket_id>/record/", rewards.confirm, name="till-confirm-basket"),
    path("till/<str:code>/baskets/<uuid:basket_id>/release/", rewards.release, name="till-release-basket"),
    path("till/<str:code>/<uuid:customer_id>/", finding.customer, name="till-customer"),
    path("till/<str:code>/<uuid:customer_id>/confirm/", enrolling.confirm, name="till-confirm"),
    path("till/<str:code>/<uuid:customer_id>/rewards/", rewards.choose, name="till-rewards"),
    path("till/<str:code>/<uuid:customer_id>/rewards/keep/", rewards.keep, name="till-keep-rewards"),
    path("till/<str:code>/<uuid:customer_id>/preview/", sale.preview, name="till-preview"),
    path("till/<str:code>/<uuid:customer_id>/record/", sale.record, name="till-record"),
]

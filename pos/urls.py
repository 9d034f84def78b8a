"""Addresses of merchants, points of sale and sellers."""

from django.urls import path

from loyalty.api.views import endpoint
from pos.api import merchants, points_of_sale, sellers

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

"""Questions about merchants, points of sale and sellers. All need an open `reading(tenant_id)`."""

from pos.queries.lists import (
    MerchantCard,
    PointOfSaleCard,
    SellerCard,
    merchant,
    merchants,
    point_of_sale,
    points_of_sale,
    seller,
    sellers,
)
from pos.queries.places import SalePlace, all_places, forget_places, online_place, open_places_read, place_with_code, places_of, sale_place

__all__ = [
    "MerchantCard", "PointOfSaleCard", "SalePlace", "SellerCard", "all_places", "forget_places", "merchant", "merchants", "online_place",
    "open_places_read", "place_with_code", "places_of", "point_of_sale", "points_of_sale", "sale_place", "seller", "sellers",
]  # fmt: skip

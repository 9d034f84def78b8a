"""Addresses of the register."""

from django.urls import path

from customers import api
from loyalty.api.views import endpoint

api_urlpatterns = [
    path("customers", endpoint(get=api.CustomersView, post=api.RegisterCustomerView)),
    path("customers/<uuid:customer_id>", endpoint(get=api.CustomerView, patch=api.EditCustomerView)),
    path("customers/<uuid:customer_id>/activate", endpoint(post=api.ActivateCustomerView)),
    path("customers/<uuid:customer_id>/deactivate", endpoint(post=api.DeactivateCustomerView)),
]

"""Addresses of the register."""

from django.urls import path

from customers.api import register, tokens
from loyalty.api.views import endpoint

api_urlpatterns = [
    path("customers", endpoint(get=register.CustomersView, post=register.RegisterCustomerView)),
    path("customers/<uuid:customer_id>", endpoint(get=register.CustomerView, patch=register.EditCustomerView)),
    path("customers/<uuid:customer_id>/activate", endpoint(post=register.ActivateCustomerView)),
    path("customers/<uuid:customer_id>/deactivate", endpoint(post=register.DeactivateCustomerView)),
    path("customers/<uuid:customer_id>/tokens", endpoint(post=tokens.IssueCustomerTokenView)),
    path("customers/<uuid:customer_id>/tokens/<uuid:token_id>/revoke", endpoint(post=tokens.RevokeCustomerTokenView)),
    path("me", endpoint(get=tokens.MeView)),
]

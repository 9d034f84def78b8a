"""Addresses of webhooks."""

from django.urls import path

from loyalty.api.views import endpoint
from loyalty.webhooks.api import deliveries, endpoints

api_urlpatterns = [
    path("webhooks/event-types", endpoint(get=endpoints.EventTypesView)),
    path("webhooks/endpoints", endpoint(get=endpoints.EndpointsView, post=endpoints.AddEndpointView)),
    path("webhooks/endpoints/<uuid:endpoint_id>", endpoint(get=endpoints.EndpointView, put=endpoints.ChangeEndpointView)),
    path("webhooks/endpoints/<uuid:endpoint_id>/remove", endpoint(post=endpoints.RemoveEndpointView)),
    path("webhooks/endpoints/<uuid:endpoint_id>/pause", endpoint(post=endpoints.PauseEndpointView)),
    path("webhooks/endpoints/<uuid:endpoint_id>/resume", endpoint(post=endpoints.ResumeEndpointView)),
    path("webhooks/endpoints/<uuid:endpoint_id>/secret", endpoint(post=endpoints.RotateSecretView)),
    path("webhooks/endpoints/<uuid:endpoint_id>/test", endpoint(post=deliveries.SendTestEventView)),
    path("webhooks/endpoints/<uuid:endpoint_id>/replay", endpoint(post=deliveries.ReplayFailedView)),
    path("webhooks/deliveries", endpoint(get=deliveries.DeliveriesView)),
    path("webhooks/deliveries/<uuid:delivery_id>", endpoint(get=deliveries.DeliveryView)),
    path("webhooks/deliveries/<uuid:delivery_id>/replay", endpoint(post=deliveries.ReplayDeliveryView)),
    path("webhooks/deliveries/<uuid:delivery_id>/give-up", endpoint(post=deliveries.DropDeliveryView)),
]

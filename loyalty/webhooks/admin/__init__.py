"""Webhooks in the administration."""

from loyalty.webhooks.admin import deliveries, endpoints

__all__ = ["deliveries", "endpoints"]

"""Passwords of customers who want one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Password(models.Model):
    """A slow hash of the password of a customer (`encoded`, as Django's hashers write it), which stands in no event. Written by
    `customers.passwords`.
    """

    pk = models.CompositePrimaryKey("tenant_id", "customer_id")
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    encoded = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Password]] = models.Manager()

    class Meta:
        db_table = "customers_password"

"""Gifts that are sent: to whom, and how they are found at their carriers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Gift(models.Model):
    """Of one coupon (`id`): the address and the number of the shipment as ciphertext. How far it is stands at the coupon."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    customer_id = models.UUIDField()
    recipient = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    address = models.BinaryField(null=True)
    carrier = models.CharField(max_length=80)
    tracking_number = models.BinaryField(null=True)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Gift]] = models.Manager()

    class Meta:
        db_table = "rewards_gift"
        indexes = [models.Index(fields=["tenant_id", "customer_id"], name="rewards_gift_customer")]

"""What is left of full amounts, and counts with the next purchase."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CarriedSpend(models.Model):
    """So much (`total`, minor units) of a customer's purchases counts together by a rule that carries what is left over."""

    pk = models.CompositePrimaryKey("tenant_id", "customer_id", "carry_id")
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    carry_id = models.UUIDField()
    total = models.BigIntegerField()
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[CarriedSpend]] = models.Manager()

    class Meta:
        db_table = "earning_carried_spend"

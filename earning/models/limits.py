"""What is used of limits: the write side's guards, not read models."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LimitUse(models.Model):
    """How often, or for how many points, a rule has counted in one period for one customer or for all; the id derives from these."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    used = models.BigIntegerField()

    objects: ClassVar[models.Manager[LimitUse]] = models.Manager()

    class Meta:
        db_table = "earning_limit"

    def __str__(self) -> str:
        return f"{self.id}: {self.used}"


class Attempts(models.Model):
    """How often a customer guessed at a receipt, or named nobody who can receive points, on a business day."""

    pk = models.CompositePrimaryKey("tenant_id", "customer_id", "guess", "day")
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    guess = models.CharField(max_length=12)
    day = models.DateField()
    tried = models.SmallIntegerField()

    objects: ClassVar[models.Manager[Attempts]] = models.Manager()

    class Meta:
        db_table = "earning_attempts"

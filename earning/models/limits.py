"""What is used of the limits of rules: the write side's guard, not a read model."""

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

"""How customers come in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Doors(models.Model):
    """What was settled last, as `customers.domain.doors.DoorRules`. No row: what the tenant was made with."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    doors = ArrayField(models.CharField(max_length=12))
    countries = ArrayField(models.CharField(max_length=2))
    dormant_months = models.SmallIntegerField()
    fact_above = models.BigIntegerField(null=True)
    messages_by = models.CharField(max_length=10)
    passwords = models.BooleanField(default=False, db_default=False)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=100)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Doors]] = models.Manager()

    class Meta:
        db_table = "customers_doors"
        verbose_name = _("way in")
        verbose_name_plural = _("signing in of customers")

    def __str__(self) -> str:
        return str(_("Signing in of customers"))

"""Read model: whom customers turned out to be."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Parted(models.Model):
    """A merge that was undone (`id` is of that fact): who was merged (`customer_id`) into whom (`survivor_id`), since when, until when.

    Written with `Absorbed`.
    """

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    survivor_id = models.UUIDField()
    merged_by = models.CharField(max_length=100)
    merged_at = models.DateTimeField()
    parted_by = models.CharField(max_length=100)
    parted_at = models.DateTimeField()
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Parted]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["tenant_id", "survivor_id"], name="customers_parted_from"),
            models.Index(fields=["tenant_id", "customer_id"], name="customers_parted_who"),
        ]


class Absorbed(models.Model):
    """A customer (`id`) who was merged: into whom (`into_id`), and who stands for both now (`survivor_id`): one hop, however many merges.

    Written in the command's own transaction.
    """

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    into_id = models.UUIDField()
    survivor_id = models.UUIDField()
    merged_by = models.CharField(max_length=100)
    merged_at = models.DateTimeField()
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Absorbed]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "survivor_id"], name="customers_absorbed_of")]

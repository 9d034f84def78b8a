"""What customers reached in level sets, and what of their purchases counts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Progress(models.Model):
    """What one purchase counts towards the levels of a set now: points, amount (minor units of the set's currency), 1 or 0 purchases."""

    pk = models.CompositePrimaryKey("tenant_id", "customer_id", "set_id", "purchase_id")
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    set_id = models.UUIDField()
    purchase_id = models.UUIDField()
    points = models.BigIntegerField(_("points"))
    amount = models.BigIntegerField(_("amount"))
    purchases = models.IntegerField(_("purchases"))
    purchased_at = models.DateTimeField(_("purchased"))
    counted_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Progress]] = models.Manager()

    class Meta:
        db_table = "earning_progress"


class CustomerLevel(models.Model):
    """The level (code) that a customer has in a set since `since`; "" for none. No row: the level that everybody has.

    `fallen`: they had a higher one before. What counts began anew at `reset_at`. `announced_level` and `announced_end`: the last loss
    that the customer was told of.
    """

    pk = models.CompositePrimaryKey("tenant_id", "customer_id", "set_id")
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    set_id = models.UUIDField()
    level = models.CharField(_("level"), max_length=40)
    since = models.DateTimeField(_("since"))
    fallen = models.BooleanField(default=False, db_default=False)
    reset_at = models.DateTimeField(null=True)
    announced_level = models.CharField(max_length=40, default="", db_default="")
    announced_end = models.DateTimeField(null=True)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[CustomerLevel]] = models.Manager()

    class Meta:
        db_table = "earning_customer_level"
        indexes = [models.Index(fields=["tenant_id", "set_id", "level"], name="earning_customer_level_has")]


class LevelGrant(models.Model):
    """A level that was given by hand, or paid for by a purchase, until `ends_at`. `grant_id` is the purchase, or for one
    given the set, or who it was given to, of those who turned out to be one."""

    pk = models.CompositePrimaryKey("tenant_id", "customer_id", "set_id", "grant_id", "level")
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    set_id = models.UUIDField()
    grant_id = models.UUIDField()
    level = models.CharField(_("level"), max_length=40)
    purchase_id = models.UUIDField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects: ClassVar[models.Manager[LevelGrant]] = models.Manager()

    class Meta:
        db_table = "earning_level_grant"
        indexes = [models.Index(fields=["tenant_id", "ends_at"], name="earning_level_grant_ends")]

"""What rewards brought, day by day, and what is remembered of coupons and purchases to count them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ResultFigure(models.Model):
    """One figure of a reward on a day of the programme's zone; `unit` is a currency or wallet, "" for pieces and for the programme's
    currency. Under `reward_id` nil stands what all purchases of the programme come to.
    """

    pk = models.CompositePrimaryKey("tenant_id", "reward_id", "day", "figure", "unit")
    tenant_id = models.IntegerField()
    reward_id = models.UUIDField()
    day = models.DateField()
    figure = models.CharField(max_length=16)
    unit = models.CharField(max_length=40)
    amount = models.BigIntegerField()

    objects: ClassVar[models.Manager[ResultFigure]] = models.Manager()

    class Meta:
        db_table = "rewards_result"


class ResultCoupon(models.Model):
    """A coupon as far as it is counted; days are those of the programme's zone."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    reward_id = models.UUIDField()
    state = models.CharField(max_length=16)
    issued_on = models.DateField()
    used_on = models.DateField(null=True)
    used_for = models.UUIDField(null=True)
    cancelled_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    points = models.BigIntegerField()
    wallet = models.CharField(max_length=40)
    cost = models.BigIntegerField()

    objects: ClassVar[models.Manager[ResultCoupon]] = models.Manager()

    class Meta:
        db_table = "rewards_result_coupon"


class ResultUse(models.Model):
    """What a coupon took off a purchase, and still does; a nil purchase is none."""

    pk = models.CompositePrimaryKey("tenant_id", "coupon_id", "purchase_id")
    tenant_id = models.IntegerField()
    coupon_id = models.UUIDField()
    purchase_id = models.UUIDField()
    reward_id = models.UUIDField()
    used_on = models.DateField()
    worth = models.BigIntegerField()
    stands = models.BooleanField()

    objects: ClassVar[models.Manager[ResultUse]] = models.Manager()

    class Meta:
        db_table = "rewards_result_use"
        indexes = [models.Index(fields=["tenant_id", "purchase_id"], name="rewards_result_use_sale")]


class ResultSale(models.Model):
    """What is kept of a purchase, in minor units of its currency; `gone` when nothing is."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    day = models.DateField()
    currency = models.CharField(max_length=3)
    kept = models.BigIntegerField()
    gone = models.BooleanField()

    objects: ClassVar[models.Manager[ResultSale]] = models.Manager()

    class Meta:
        db_table = "rewards_result_sale"

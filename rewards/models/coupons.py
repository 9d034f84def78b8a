"""Coupons, and what the write side keeps beside them: room and codes, which are guards and no read models."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Coupon(models.Model):
    """What a customer has of a reward. `state` is issued, used or cancelled; time alone makes an issued one active and expired.

    How its reward is `called`, by whom it is had (`customer_shown`) for which `price`, the balance `after` it, its rate of `tax`, and
    where its `gift` goes, is put there by a page that shows it.
    """

    called = ""
    price = ""
    customer_shown = ""
    after = ""
    balance_after: int | None = None
    tax: int | None = None
    gift: Any = None

    class State(models.TextChoices):
        ISSUED = "issued", pgettext_lazy("coupon", "Issued")
        USED = "used", pgettext_lazy("coupon", "Used")
        CANCELLED = "cancelled", pgettext_lazy("coupon", "Cancelled")

    class Delivery(models.TextChoices):
        ORDERED = "ordered", pgettext_lazy("gift", "Ordered")
        SHIPPED = "shipped", pgettext_lazy("gift", "Shipped")
        DELIVERED = "delivered", pgettext_lazy("gift", "Delivered")
        CANCELLED = "cancelled", pgettext_lazy("gift", "Cancelled")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    reward_id = models.UUIDField()
    customer_id = models.UUIDField()
    version = models.IntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=40)
    way = models.CharField(_("way"), max_length=16)
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    points = models.BigIntegerField(_("points"))
    wallet = models.CharField(_("wallet"), max_length=40)
    amount = models.BigIntegerField(_("to pay"))
    cost = models.BigIntegerField(_("cost"))
    prize = models.CharField(_("prize"), max_length=40)
    issued_at = models.DateTimeField(_("issued"))
    issued_by = models.CharField(_("issued by"), max_length=100)
    active_from = models.DateTimeField(_("active from"))
    expires_at = models.DateTimeField(_("expires"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)
    purchase_id = models.UUIDField(null=True)
    merchant_id = models.UUIDField(null=True)
    pos_id = models.UUIDField(null=True)
    worth = models.BigIntegerField(_("worth"))
    left = models.BigIntegerField(_("value left"), null=True)
    points_back = models.BigIntegerField(_("points given back"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    for_purchase_id = models.UUIDField(null=True)
    batch_id = models.UUIDField(null=True)
    in_basket = models.BooleanField(_("bought in a basket"), default=False)
    basket_id = models.UUIDField(null=True)
    reserved_until = models.DateTimeField(_("kept for a basket until"), null=True)
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery.choices, default="", db_default="")
    ordered_at = models.DateTimeField(_("ordered"), null=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Coupon]] = models.Manager()

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        indexes = [
            models.Index(fields=["tenant_id", "customer_id", "issued_at"], name="rewards_coupon_customer"),
            models.Index(fields=["tenant_id", "reward_id", "issued_at"], name="rewards_coupon_reward"),
            models.Index(fields=["tenant_id", "issued_at"], name="rewards_coupon_issued"),
            models.Index(fields=["tenant_id", "purchase_id"], name="rewards_coupon_sale", condition=models.Q(purchase_id__isnull=False)),
            models.Index(
                fields=["tenant_id", "for_purchase_id"], name="rewards_coupon_for", condition=models.Q(for_purchase_id__isnull=False)
            ),
            models.Index(
                fields=["tenant_id", "batch_id", "state"], name="rewards_coupon_batch", condition=models.Q(batch_id__isnull=False)
            ),
            models.Index(fields=["tenant_id", "delivery", "issued_at"], name="rewards_coupon_delivery", condition=~models.Q(delivery="")),
        ]

    def __str__(self) -> str:
        return self.called or str(self.id)


class CouponUse(models.Model):
    """On which purchases a coupon was ever used."""

    pk = models.CompositePrimaryKey("tenant_id", "purchase_id", "coupon_id")
    tenant_id = models.IntegerField()
    purchase_id = models.UUIDField()
    coupon_id = models.UUIDField()

    objects: ClassVar[models.Manager[CouponUse]] = models.Manager()

    class Meta:
        db_table = "rewards_coupon_use"


class Room(models.Model):
    """How much is used of a stock, a limit or a budget; the id derives from what it counts."""

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    used = models.BigIntegerField()

    objects: ClassVar[models.Manager[Room]] = models.Manager()

    class Meta:
        db_table = "rewards_room"


class RoomHold(models.Model):
    """So much of a row of room is kept for a basket until then; who wants of that row afterwards gives it back first."""

    pk = models.CompositePrimaryKey("tenant_id", "room_id", "basket_id")
    tenant_id = models.IntegerField()
    room_id = models.UUIDField()
    basket_id = models.UUIDField()
    amount = models.BigIntegerField()
    ends_at = models.DateTimeField()

    objects: ClassVar[models.Manager[RoomHold]] = models.Manager()

    class Meta:
        db_table = "rewards_hold"
        indexes = [models.Index(fields=["tenant_id", "basket_id"], name="rewards_hold_basket")]


class Guess(models.Model):
    """Guard: how many codes that there are not somebody typed in the span that began at `since`; `key` is a keyed digest of who, or from
    where. Written by `rewards.guesses`.
    """

    pk = models.CompositePrimaryKey("tenant_id", "key")
    tenant_id = models.IntegerField()
    key = models.BinaryField(max_length=32)
    since = models.DateTimeField()
    used = models.IntegerField()

    class Meta:
        db_table = "rewards_guess"


class Code(models.Model):
    """A code: `digest` finds it, `sealed` is its ciphertext. `state` is stock, issued or shared; an issued one belongs to a coupon.
    `number` is its place in its batch, as its id says too; the batch alone says whether what is in stock can be had.
    """

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant_id = models.IntegerField()
    id = models.UUIDField()
    reward_id = models.UUIDField()
    batch_id = models.UUIDField(null=True)
    number = models.IntegerField(null=True)
    coupon_id = models.UUIDField(null=True)
    state = models.CharField(max_length=8)
    digest = models.BinaryField()
    key_version = models.SmallIntegerField()
    sealed = models.BinaryField()

    objects: ClassVar[models.Manager[Code]] = models.Manager()

    class Meta:
        db_table = "rewards_code"
        constraints = [models.UniqueConstraint(fields=["tenant_id", "digest"], name="rewards_code_once")]
        indexes = [
            models.Index(fields=["tenant_id", "batch_id", "number"], name="rewards_code_stock", condition=models.Q(state="stock")),
            models.Index(fields=["tenant_id", "coupon_id"], name="rewards_code_coupon", condition=models.Q(coupon_id__isnull=False)),
        ]

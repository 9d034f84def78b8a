"""Baskets: rewards that were chosen for one purchase."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Basket(models.Model):
    """What is kept for a purchase. `state` is held, released or confirmed; time alone ends what is held."""

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("basket", "Kept")
        RELEASED = "released", pgettext_lazy("basket", "Freed")
        CONFIRMED = "confirmed", pgettext_lazy("basket", "Bought")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    merchant_id = models.UUIDField(null=True)
    pos_id = models.UUIDField(null=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    held = models.JSONField()
    before = models.BigIntegerField(_("before rewards"))
    total = models.BigIntegerField(_("total"))
    tax = models.BigIntegerField(_("tax"))
    held_at = models.DateTimeField(_("kept since"))
    ends_at = models.DateTimeField(_("kept until"))
    purchase_id = models.UUIDField(null=True)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Basket]] = models.Manager()

    class Meta:
        verbose_name = _("basket")
        verbose_name_plural = _("baskets")
        indexes = [models.Index(fields=["tenant_id", "customer_id", "held_at"], name="rewards_basket_customer")]

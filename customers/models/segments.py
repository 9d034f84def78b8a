"""Segments, who is in them, and what criteria ask of purchases and custom events."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.register import Customer


class Segment(models.Model):
    """A segment as it stands; dynamic where it has `criteria`. `members` is put there by a page that shows it."""

    members: int | None = None

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=500)
    criteria = models.JSONField(_("criteria"), null=True)
    active = models.BooleanField(_("active"))
    changed_at = models.DateTimeField(_("last changed"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Segment]] = models.Manager()

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "code"], name="customers_segment_code")]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """That a customer is in a segment: since when, how that came, and by whom. `entered_by_name` is put there by a page."""

    class Way(models.TextChoices):
        BY_HAND = "by_hand", pgettext_lazy("segment", "By hand")
        IMPORT = "import", pgettext_lazy("segment", "By a list")
        CRITERIA = "criteria", pgettext_lazy("segment", "By its criteria")

    entered_by_name = ""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    segment = models.ForeignKey(Segment, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    way = models.CharField(_("how"), max_length=10, choices=Way.choices)
    entered_by = models.CharField(_("put in by"), max_length=100)
    entered_at = models.DateTimeField(_("since"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Member]] = models.Manager()

    class Meta:
        db_table = "customers_segment_member"
        verbose_name = _("member of a segment")
        verbose_name_plural = _("members of segments")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "segment", "customer"], name="customers_segment_member_once")]
        indexes = [
            models.Index(fields=["tenant_id", "customer"], name="customers_member_customer"),
            models.Index(fields=["tenant_id", "segment", "entered_at", "id"], name="customers_member_since"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} · {self.segment}"


class Purchase(models.Model):
    """What criteria ask of a purchase, as long as goods of it are kept: follows `earning` by checkpoint.

    `kept` is what is kept of it (minor units of the programme's currency), `bought` the words of the goods that are kept, such as
    "sku:cf-1". `lines` [[how much is left, words], …] are those of the document.
    """

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField(null=True)
    pos_id = models.UUIDField(null=True)
    kept = models.BigIntegerField()
    bought = ArrayField(models.TextField())
    lines = models.JSONField()
    purchased_at = models.DateTimeField()
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Purchase]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["tenant_id", "customer_id", "purchased_at"], include=["pos_id", "kept"], name="customers_purchase_whose")
        ]


class CustomEvent(models.Model):
    """What criteria ask of a custom event: who did it, of which type (its code), and when. Follows `earning` by checkpoint."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    type = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[CustomEvent]] = models.Manager()

    class Meta:
        db_table = "customers_custom_event"
        indexes = [models.Index(fields=["tenant_id", "customer_id", "type", "occurred_at"], name="customers_custom_event_whose")]

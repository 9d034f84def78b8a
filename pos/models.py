"""Read models of merchants, points of sale, sellers and takings, and the numbers that tills draw."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

SCOPE_NAMES = [
    ("merchant", _("the whole merchant")),
    ("pos", _("each point of sale")),
    ("pos_year", _("each point of sale and year")),
    ("pos_day", _("each point of sale and day")),
]


class Merchant(models.Model):
    """A merchant as lists and screens show it. `latitude` and `longitude` are millionths of a degree."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    name = models.CharField(_("name"), max_length=100)
    phone = models.CharField(_("phone"), max_length=16)
    email = models.CharField(_("email"), max_length=254)
    address = models.CharField(_("address"), max_length=300)
    latitude = models.IntegerField(_("latitude"), null=True)
    longitude = models.IntegerField(_("longitude"), null=True)
    document_scope = models.CharField(_("document numbers are unique in"), max_length=10, choices=SCOPE_NAMES)
    active = models.BooleanField(_("active"))
    added_at = models.DateTimeField(_("added"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Merchant]] = models.Manager()

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        indexes = [models.Index(fields=["tenant_id", "name", "id"], name="pos_merchant_name")]

    def __str__(self) -> str:
        return self.name


class PointOfSale(models.Model):
    """A point of sale as lists and screens show it. `opening_hours` is a list of {weekday, opens, closes}."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    merchant = models.ForeignKey(
        Merchant, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="points_of_sale", verbose_name=_("merchant")
    )
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=500)
    address = models.CharField(_("address"), max_length=300)
    latitude = models.IntegerField(_("latitude"), null=True)
    longitude = models.IntegerField(_("longitude"), null=True)
    opening_hours = models.JSONField(_("opening hours"))
    active = models.BooleanField(_("active"))
    added_at = models.DateTimeField(_("added"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[PointOfSale]] = models.Manager()

    class Meta:
        verbose_name = _("point of sale")
        verbose_name_plural = _("points of sale")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "code"], name="pos_point_of_sale_code")]
        indexes = [
            models.Index(fields=["tenant_id", "merchant_id"], name="pos_point_of_sale_merchant"),
            models.Index(fields=["tenant_id", "name", "id"], name="pos_point_of_sale_name"),
        ]
        db_table = "pos_point_of_sale"

    def __str__(self) -> str:
        return self.name


class Seller(models.Model):
    """A member of staff as a seller: where they sell, and whether they do. The id is that of their account."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    pos_ids = ArrayField(models.UUIDField(), verbose_name=_("points of sale"))
    active = models.BooleanField(_("active"))
    since = models.DateTimeField(_("seller since"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Seller]] = models.Manager()

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")

    def __str__(self) -> str:
        """The name of the account where the list fetched it: it is not the seller's own."""
        return getattr(self, "account_name", "") or str(self.id)


class Takings(models.Model):
    """What a point of sale has sold so far: follows the purchases of `earning` by checkpoint.

    `purchases` counts sale documents, `undone` those of which everything came back; `revenue` is what was kept of them in
    minor units of the tenant's currency: a return lowers that of the place where the goods had been bought.
    """

    point_of_sale = models.OneToOneField(PointOfSale, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="takings")
    tenant_id = models.IntegerField()
    purchases = models.BigIntegerField(_("purchases"))
    undone = models.BigIntegerField(_("returned entirely"))
    revenue = models.BigIntegerField(_("total revenue"))

    objects: ClassVar[models.Manager[Takings]] = models.Manager()

    class Meta:
        verbose_name = _("takings")
        verbose_name_plural = _("takings")


class TillSlip(models.Model):
    """Guard: the document number and time that a till's sale got when it was first sent; the same sale keeps them."""

    pk = models.CompositePrimaryKey("tenant_id", "command_id")
    tenant_id = models.IntegerField()
    command_id = models.UUIDField()
    pos_id = models.UUIDField()
    number = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[TillSlip]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["tenant_id", "at"], name="pos_till_slip_at")]
        db_table = "pos_till_slip"


class TillCounter(models.Model):
    """Guard: how many document numbers the tills of a point of sale have drawn on a day."""

    pk = models.CompositePrimaryKey("tenant_id", "pos_id", "day")
    tenant_id = models.IntegerField()
    pos_id = models.UUIDField()
    day = models.DateField()
    drawn = models.IntegerField()

    objects: ClassVar[models.Manager[TillCounter]] = models.Manager()

    class Meta:
        db_table = "pos_till_counter"

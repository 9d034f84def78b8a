"""Who brought whom, and the guards of invitations."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from loyalty.house import formats
from loyalty.tenancy.middleware import tenant_of_id


class Invitation(models.Model):
    """What lists show of a friend whom a customer brings. Ids and times only: where it went stands in `Invited`.

    `shown_to`, `referrer_shown` and `customer_shown` are put there by a page.
    """

    class Way(models.TextChoices):
        LINK = "link", pgettext_lazy("invitation", "By link")
        PHONE = "phone", pgettext_lazy("invitation", "By phone")
        EMAIL = "email", pgettext_lazy("invitation", "By email")
        STAFF = "staff", pgettext_lazy("invitation", "Named when joining")

    class State(models.TextChoices):
        INVITED = "invited", pgettext_lazy("invitation", "Invited")
        REGISTERED = "registered", pgettext_lazy("invitation", "Registered")
        PURCHASED = "purchased", pgettext_lazy("invitation", "Purchased")
        WITHDRAWN = "withdrawn", pgettext_lazy("invitation", "Withdrawn")

    shown_to = referrer_shown = customer_shown = ""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    referrer_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    way = models.CharField(_("way"), max_length=10, choices=Way.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    begun_at = models.DateTimeField(_("invited"))
    ends_at = models.DateTimeField(_("open until"), null=True)
    registered_at = models.DateTimeField(_("registered"), null=True)
    purchased_at = models.DateTimeField(_("purchased"), null=True)
    purchase_id = models.UUIDField(null=True)
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Invitation]] = models.Manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [
            models.Index(fields=["tenant_id", "begun_at", "id"], name="customers_invitation_begun"),
            models.Index(fields=["tenant_id", "referrer_id", "begun_at", "id"], name="customers_invitation_of"),
            models.Index(fields=["tenant_id", "customer_id"], name="customers_invitation_friend"),
        ]

    def __str__(self) -> str:
        began = formats.day_and_clock(self.begun_at, tenant_of_id(self.tenant_id).zone, get_language() or formats.FALLBACK)
        return f"{self.get_way_display()} · {began}"


class Invited(models.Model):
    """Guard: to whom an invitation went, until it is over. Written by `customers.invitations`."""

    pk = models.CompositePrimaryKey("tenant_id", "invitation_id")
    tenant_id = models.IntegerField()
    invitation_id = models.UUIDField()
    referrer_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=10)
    digest = models.BinaryField(max_length=32)
    key_version = models.SmallIntegerField()
    to_sealed = models.BinaryField()
    code = models.CharField(max_length=12)
    invited_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    withdrawn = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[models.Manager[Invited]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_id", "code"], name="customers_invited_code")]
        indexes = [
            models.Index(fields=["tenant_id", "digest"], name="customers_invited_to"),
            models.Index(fields=["tenant_id", "referrer_id"], name="customers_invited_by"),
            models.Index(fields=["tenant_id", "ends_at"], name="customers_invited_end"),
        ]


class InvitationLink(models.Model):
    """Guard: the code at the end of the link that a customer passes on."""

    pk = models.CompositePrimaryKey("tenant_id", "customer_id")
    tenant_id = models.IntegerField()
    customer_id = models.UUIDField()
    code = models.CharField(max_length=12)
    made_at = models.DateTimeField()

    objects: ClassVar[models.Manager[InvitationLink]] = models.Manager()

    class Meta:
        db_table = "customers_invitation_link"
        constraints = [models.UniqueConstraint(fields=["tenant_id", "code"], name="customers_invitation_link_code")]

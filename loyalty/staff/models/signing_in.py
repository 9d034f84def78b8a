"""How staff sign in: second factors, sessions, and what went wrong lately."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from loyalty.devices import UNKNOWN, device_of
from loyalty.domain.identity import new_id
from loyalty.tenancy.models import Tenant


class SecondFactor(models.Model):
    """The secret of a member of staff's app, sealed. `last_step` is the step of time (30 seconds) of the last code that was used."""

    pk = models.CompositePrimaryKey("tenant_id", "user_id")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    user_id = models.UUIDField()
    secret = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)


class StaffSession(models.Model):
    """A session in which a member of staff is signed in, by the key of its row in `django_session`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    user_id = models.UUIDField()
    key = models.CharField(max_length=40)
    browser = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[StaffSession]] = models.Manager()

    @property
    def device(self) -> str:
        """What people call it; "" where its browser tells nothing that they would know."""
        known = device_of(self.browser)
        return "" if known == UNKNOWN else known

    class Meta:
        indexes = [models.Index(fields=["tenant", "user_id"], name="staff_session_of_user")]


class RecoveryCode(models.Model):
    """A code that stands in once for the app of a member of staff; only a keyed hash is kept."""

    pk = models.CompositePrimaryKey("tenant_id", "user_id", "hash")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    user_id = models.UUIDField()
    hash = models.BinaryField(max_length=32)


class SignInFailure(models.Model):
    """How often a sign-in went wrong lately, for an account and for an address; `key` is a keyed hash."""

    pk = models.CompositePrimaryKey("tenant_id", "key")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()

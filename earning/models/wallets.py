"""Wallets, as they were set up."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Wallet(models.Model):
    """A kind of points that was set up. `units` are its names by language, `versions` [{since, terms}] its terms, oldest first."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    code = models.CharField(_("code"), max_length=40)
    decimals = models.IntegerField(_("decimals"))
    units = models.JSONField(_("names of a unit"))
    versions = models.JSONField(_("terms"))
    version = models.IntegerField(_("version"))
    changed_at = models.DateTimeField(_("changed"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager["Wallet"]] = models.Manager()

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")

    def __str__(self) -> str:
        return self.code

"""Whose data this is."""

from __future__ import annotations

from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


def by_phone() -> list[str]:
    """How customers of a new programme sign in."""
    return ["phone"]


class Tenant(models.Model):
    """One company running one loyalty programme. Holds no personal data, so it is readable before a tenant is known.

    `sign_in_by` has "phone", "email" or both. `code_countries` (ISO 3166, two letters) are those whose mobile phones codes are sent to;
    none: the country of the time zone.
    """

    id = models.AutoField(primary_key=True)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3)
    time_zone = models.CharField(_("time zone"), max_length=60)
    default_language = models.CharField(_("default language"), max_length=5, choices=settings.LANGUAGES)
    hosts = ArrayField(models.CharField(max_length=253), verbose_name=_("host names"), default=list)
    sign_in_by = ArrayField(models.CharField(max_length=10), verbose_name=_("customers sign in by"), default=by_phone)
    code_countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("countries that codes are sent to"), default=list, blank=True
    )
    accent = models.CharField(_("accent color"), max_length=7, default="#0f6b5c")

    objects: ClassVar[models.Manager[Tenant]] = models.Manager()

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

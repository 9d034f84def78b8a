"""Level sets, their levels and versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LevelSet(models.Model):
    """A level set as it stands. `terms` are those of the current version; `effective_at` is when its state or terms began.

    Purchases made from `past_since` on count also where it was in force only later, if that was by `past_until`.
    `title` is put there by a page that shows it: what it is called in the reader's language.
    """

    title = ""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", pgettext_lazy("level set", "Active")
        PAUSED = "paused", pgettext_lazy("level set", "Inactive")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    name = models.CharField(_("name"), max_length=80)
    terms = models.JSONField(_("terms"))
    version = models.IntegerField(_("version"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    effective_at = models.DateTimeField(_("in this state since"), null=True)
    past_since = models.DateTimeField(null=True)
    past_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(_("changed"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[LevelSet]] = models.Manager()

    class Meta:
        db_table = "earning_level_set"
        verbose_name = _("level set")
        verbose_name_plural = _("level sets")

    def __str__(self) -> str:
        return self.title or self.name


class LevelSetVersion(models.Model):
    """One version of a level set: its terms for ever, and the `periods` [{start, end}] in which it was in force."""

    position = models.BigIntegerField(primary_key=True)
    tenant_id = models.IntegerField()
    set_id = models.UUIDField()
    version = models.IntegerField(_("version"))
    terms = models.JSONField(_("terms"))
    periods = models.JSONField(_("in force"))
    changed_by = models.CharField(_("changed by"), max_length=100)
    changed_at = models.DateTimeField(_("changed"))

    objects: ClassVar[models.Manager[LevelSetVersion]] = models.Manager()

    class Meta:
        db_table = "earning_level_set_version"
        verbose_name = _("version of a level set")
        verbose_name_plural = _("versions of a level set")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "set_id", "version"], name="earning_level_set_version_once")]


class Level(models.Model):
    """One level of a set as it stands; `rank` counts from the lowest, 1. `terms` is the level as its set says it.

    `title` and `set_name` are put there by a page that shows it.
    """

    title = ""
    set_name = ""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    set_id = models.UUIDField(_("level set"))
    rank = models.IntegerField(_("rank"))
    code = models.CharField(_("code"), max_length=40)
    terms = models.JSONField(_("terms"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Level]] = models.Manager()

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        indexes = [models.Index(fields=["tenant_id", "set_id", "rank"], name="earning_level_of")]

    def __str__(self) -> str:
        return self.title or self.code

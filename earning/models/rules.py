"""Earning rules and their versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Rule(models.Model):
    """An earning rule as it stands now: `terms` (under the name of their kind) and `scope` of the current version.

    `effective_at` is when its state began.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", pgettext_lazy("rule", "Active")
        PAUSED = "paused", pgettext_lazy("rule", "Paused")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    wallet = models.CharField(_("wallet"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=40)
    terms = models.JSONField(_("terms"))
    scope = models.JSONField(_("scope"))
    version = models.IntegerField(_("version"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    effective_at = models.DateTimeField(_("in this state since"), null=True)
    changed_at = models.DateTimeField(_("changed"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Rule]] = models.Manager()

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        indexes = [models.Index(fields=["tenant_id", "state", "name"], name="earning_rule_state")]

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """One version of a rule: its terms and scope for ever, and the `periods` in which it was in force.

    Of each, `began` and `ended` are the positions of the log since when its start and its end are known.
    """

    position = models.BigIntegerField(primary_key=True)
    tenant_id = models.IntegerField()
    rule_id = models.UUIDField()
    version = models.IntegerField(_("version"))
    name = models.CharField(_("name"), max_length=120)
    terms = models.JSONField(_("terms"))
    scope = models.JSONField(_("scope"))
    periods = models.JSONField(_("in force"))
    changed_by = models.CharField(_("changed by"), max_length=100)
    changed_at = models.DateTimeField(_("changed"))

    objects: ClassVar[models.Manager[RuleVersion]] = models.Manager()

    class Meta:
        db_table = "earning_rule_version"
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of a rule")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "rule_id", "version"], name="earning_rule_version_once")]

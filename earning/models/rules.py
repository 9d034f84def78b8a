"""Earning rules and their versions."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def state_now() -> Case:
    """What time has made of the state of rules, as a list is filtered and ordered by it."""
    ended, scheduled = Q(ends_at__lte=Now()), Q(state="active", active_from__gt=Now())
    return Case(When(ended, then=Value("ended")), When(scheduled, then=Value("scheduled")), default=F("state"))


class Rule(models.Model):
    """An earning rule as it stands now: `terms` (under the name of their kind) and `scope` of the current version.

    `state` is where it was put last; `standing` is what time makes of it: an active rule is scheduled before `active_from`, and each
    is ended from `ends_at` on. `effective_at` is since when it is in that state, or in force in its version. `ends` are all ends
    that were planned, with the position of the log since when each is known.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", pgettext_lazy("rule", "Scheduled")
        ACTIVE = "active", pgettext_lazy("rule", "Active")
        PAUSED = "paused", pgettext_lazy("rule", "Paused")
        ENDED = "ended", pgettext_lazy("rule", "Ended")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    wallet = models.CharField(_("wallet"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=40)
    terms = models.JSONField(_("terms"))
    scope = models.JSONField(_("scope"))
    texts = models.JSONField(_("names for customers"), default=list)
    photo = models.CharField(_("photo"), max_length=80, default="")
    version = models.IntegerField(_("version"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    effective_at = models.DateTimeField(_("in this state since"), null=True)
    active_from = models.DateTimeField(_("active from"), null=True)
    ends_at = models.DateTimeField(_("ends"), null=True)
    ends = models.JSONField(default=list)
    changed_at = models.DateTimeField(_("changed"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Rule]] = models.Manager()

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        indexes = [models.Index(fields=["tenant_id", "state", "name"], name="earning_rule_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> str:
        """What it is now: draft, scheduled, active, paused or ended."""
        now = timezone.now()
        if self.ends_at is not None and self.ends_at <= now:
            return str(self.State.ENDED)
        scheduled = self.state == self.State.ACTIVE and self.active_from is not None and now < self.active_from
        return str(self.State.SCHEDULED) if scheduled else self.state


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
    texts = models.JSONField(_("names for customers"), default=list)
    photo = models.CharField(_("photo"), max_length=80, default="")
    periods = models.JSONField(_("in force"))
    changed_by = models.CharField(_("changed by"), max_length=100)
    changed_at = models.DateTimeField(_("changed"))

    objects: ClassVar[models.Manager[RuleVersion]] = models.Manager()

    class Meta:
        db_table = "earning_rule_version"
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of a rule")
        constraints = [models.UniqueConstraint(fields=["tenant_id", "rule_id", "version"], name="earning_rule_version_once")]

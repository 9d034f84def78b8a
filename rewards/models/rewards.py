"""Rewards and their versions."""

from __future__ import annotations

from typing import ClassVar, cast

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rewards.domain.reward import RewardState, standing


def state_now() -> Case:
    """What time has made of the state of rewards, as a list is filtered and ordered by it."""
    ended, scheduled = Q(ends_at__lte=Now()), Q(state="active", active_from__gt=Now())
    return Case(When(ended, then=Value("ended")), When(scheduled, then=Value("scheduled")), default=F("state"))


class Reward(models.Model):
    """A reward as it stands: `content` is that of its current version. `state` is where it was put last, `standing` what time makes
    of it. The other columns are of the content, to list by.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("reward", "Draft")
        SCHEDULED = "scheduled", pgettext_lazy("reward", "Scheduled")
        ACTIVE = "active", pgettext_lazy("reward", "Active")
        PAUSED = "paused", pgettext_lazy("reward", "Paused")
        ENDED = "ended", pgettext_lazy("reward", "Ended")

    id = models.UUIDField(primary_key=True)
    tenant_id = models.IntegerField()
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=40)
    category = models.CharField(_("category"), max_length=100)
    wallet = models.CharField(_("wallet"), max_length=40)
    points = models.BigIntegerField(_("price in points"))
    featured = models.BooleanField(_("featured"))
    public = models.BooleanField(_("seen by everybody"))
    content = models.JSONField()
    version = models.IntegerField(_("version"))
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    active_from = models.DateTimeField(_("active from"), null=True)
    ends_at = models.DateTimeField(_("ends"), null=True)
    changed_at = models.DateTimeField(_("changed"))
    position = models.BigIntegerField()

    objects: ClassVar[models.Manager[Reward]] = models.Manager()

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        indexes = [models.Index(fields=["tenant_id", "state", "name"], name="rewards_reward_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> RewardState:
        """What it is now: draft, scheduled, active, paused or ended."""
        return standing(cast(RewardState, self.state), self.active_from, self.ends_at, timezone.now())


class RewardVersion(models.Model):
    """One version of a reward, for ever."""

    pk = models.CompositePrimaryKey("tenant_id", "reward_id", "version")
    tenant_id = models.IntegerField()
    reward_id = models.UUIDField()
    version = models.IntegerField(_("version"))
    content = models.JSONField()
    changed_by = models.CharField(_("changed by"), max_length=100)
    changed_at = models.DateTimeField(_("changed"))

    objects: ClassVar[models.Manager[RewardVersion]] = models.Manager()

    class Meta:
        db_table = "rewards_reward_version"
        verbose_name = _("version of a reward")
        verbose_name_plural = _("versions of a reward")

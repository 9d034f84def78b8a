"""Once it is decided that a segment gets a reward, the work begins that gives it."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext

from customers.queries import segment
from loyalty.domain.event import Recorded
from loyalty.jobs.following import WorkFollower
from loyalty.jobs.once import set_going_once
from loyalty.tenancy import reading
from loyalty.tenancy.middleware import tenant_of_id
from rewards.events import RewardGivenToSegment
from rewards.giving import KIND
from rewards.queries.rewards import reward


class Givings(WorkFollower):
    """Begins the work, once for each decision."""

    name = "rewards.givings"
    events = (RewardGivenToSegment,)

    def begin(self, tenant_id: int, recorded: Recorded[RewardGivenToSegment]) -> None:
        import rewards.tasks  # noqa: F401 - the kind of work; tasks are known only once everything else is loaded

        event = recorded.event
        with reading(tenant_id):
            names = {"reward": reward(event.reward_id).content.name, "segment": segment(event.segment_id).name}
        with translation.override(tenant_of_id(tenant_id).default_language):
            title = gettext("“%(reward)s” for “%(segment)s”") % names
        ids = {"reward": str(event.reward_id), "segment": str(event.segment_id)}
        set_going_once(tenant_id, KIND, title, recorded.metadata.actor, str(event.giving_id), **ids)

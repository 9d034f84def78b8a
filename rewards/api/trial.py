"""`POST /api/v1/rewards/{id}/try`: whether a customer could have a reward now, and what it asks of them; nothing is written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from customers.permissions import SEE as SEE_CUSTOMERS
from customers.queries import customer
from earning.permissions import SEE_ACCOUNTS
from loyalty.api.idempotency import Answer
from loyalty.api.renderers import dumps
from loyalty.api.views import CommandView
from loyalty.domain.command import Command
from loyalty.domain.errors import NotFound
from loyalty.tenancy import reading
from rewards import queries
from rewards.api.shapes import Points, Why, why
from rewards.called import Called
from rewards.commands import RedeemReward
from rewards.permissions import SEE_REWARDS
from rewards.places import any_place, ids_of
from rewards.trying import Tried, judged, looked_at, refuse_unseen
from rewards.wording import SaidCondition, said_conditions


class TryRewardBody(msgspec.Struct, forbid_unknown_fields=True):
    """On whom, at which point of sale (code or id; "": at none), and of cashback, how many points (null: the least, as for who may not see
    accounts).
    """

    customer_id: UUID
    pos: str = ""
    points: Points | None = None


class ConditionShown(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked and what is there, called (`title`, `asked`, `seen`) in the reader's language; `name` is the field of the terms that
    asks it, or `customer`, `state` and `prizes`. `met` null cannot be told before it is used. Only what `hinders` keeps the reward from
    the customer. Where it counts, so many are `needed` and so many are `there`: pieces of stock, minor units of a budget, points in the
    smallest unit of the wallet (`there` null for who may not see accounts); of limits, how many a customer gets in the `period` and has
    had.
    """

    name: str
    title: str
    met: bool | None
    hinders: bool
    asked: str
    seen: str
    needed: int | None
    there: int | None
    period: str | None


class RewardTrial(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the customer can have the reward now; `why` is what redeeming answers otherwise (for who may not see
    accounts `rewards.points_lacking` where points are missing). It costs them `points` of the `wallet` and
    `amount` to be paid beside, in minor units of `currency`.
    """

    reward_id: UUID
    version: int
    customer_id: UUID
    can_be_had: bool
    why: Why | None
    points: int
    wallet: str
    amount: int
    currency: str
    conditions: list[ConditionShown]


class TryRewardView(CommandView):
    """Try a reward on a customer, also a draft: whether they can have it now, and each condition with what is there. Nothing is written."""

    permission = SEE_REWARDS
    also = (SEE_CUSTOMERS,)
    body = TryRewardBody
    answer = RewardTrial
    writes = False

    def command(self, body: TryRewardBody, **path: Any) -> RedeemReward:
        refuse_unseen(body.points, self.principal)
        place = any_place(body.pos, self.tenant.id) if body.pos else None
        with reading(self.tenant.id):
            queries.reward(path["reward_id"])
            try:
                whose = customer(body.customer_id).id
            except NotFound as unknown:
                raise unknown.at("customer_id") from None
        merchant_id, pos_id = ids_of(place)
        return RedeemReward(customer_id=whose, reward_id=path["reward_id"], points=body.points, merchant_id=merchant_id, pos_id=pos_id)

    def _tried(self, command: Command[Any]) -> Answer:
        assert isinstance(command, RedeemReward)
        with reading(self.tenant.id):
            found = looked_at(command)
        found = judged(found, self.tenant.id, self.principal.actor, self.channel)
        if not self.principal.may(SEE_ACCOUNTS):
            found = found.without_balance()
        with reading(self.tenant.id):
            return Answer(200, dumps(self._trial(found)))

    def _trial(self, found: Tried) -> RewardTrial:
        return RewardTrial(
            reward_id=found.offer.reward_id,
            version=found.offer.version,
            customer_id=found.customer_id,
            can_be_had=found.can_be_had,
            why=why(found.refusal),
            points=found.price.points,
            wallet=found.price.wallet,
            amount=found.price.amount,
            currency=self.tenant.currency,
            conditions=[_shown(one) for one in said_conditions(found, Called(self.tenant))],
        )


def _shown(said: SaidCondition) -> ConditionShown:
    one = said.condition
    same = {name: getattr(one, name) for name in ("name", "met", "hinders", "needed", "there", "period")}
    return ConditionShown(title=said.title, asked=said.asked, seen=said.seen, **same)

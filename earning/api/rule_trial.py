"""`POST /api/v1/rules/{id}/try`: what a rule would give for a purchase that nobody made; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone

from customers.permissions import SEE as SEE_CUSTOMERS
from earning import queries
from earning.access import any_place
from earning.api.explanations import ExplainedRule
from earning.api.explanations import shown as turn_shown
from earning.api.naming import customer_named, fields_named
from earning.api.recording import BasketBody, lines, tried
from earning.api.shapes import Moment, moment
from earning.commands import RecordPurchase
from earning.permissions import DATE_BACK, EDIT_RULES
from earning.wording import ORDER_OF_EVALUATION
from loyalty.api.idempotency import Answer
from loyalty.api.problems import of_faults
from loyalty.api.shapes import Fault
from loyalty.api.views import CommandView
from loyalty.domain.command import Command
from loyalty.staff.actors import actors_seen
from loyalty.tenancy import reading

NO_NUMBER = "–"


class TryRuleBody(BasketBody, forbid_unknown_fields=True, kw_only=True):
    """A purchase that nobody made, at any place, in the currency of the programme; now, when `purchased_at` is left out.

    Without a customer it is by somebody without a level. Who may not see customers names none.
    """

    purchased_at: Moment | None = None


class RuleTrial(msgspec.Struct, frozen=True, kw_only=True):
    """What the purchase would bring into the `wallet` of the rule, in its smallest unit: by the rule that is tried (`own`), by `all` rules
    with it, and by the others `without` it.

    `earns` is false for a customer who may not earn. `rules` are explained in the order of evaluation, which `order_sentence` tells;
    their amounts are minor units of `currency`. `levels` are the codes of those that the customer would have then, `ahead` says what
    would lie ahead; both are empty for a purchase that could not be recorded like this.
    """

    rule_id: UUID
    currency: str
    wallet: str
    earns: bool
    own: int
    all: int
    without: int
    levels: list[str]
    ahead: list[str]
    order_sentence: str
    rules: list[ExplainedRule]


class TryRuleView(CommandView):
    """Try the current version of an earning rule, also of a draft, on a purchase, as if it were in force. Nothing is written."""

    permission = EDIT_RULES
    body = TryRuleBody
    answer = RuleTrial
    writes = False
    rule_id: UUID

    def command(self, body: TryRuleBody, **path: Any) -> RecordPurchase:
        with reading(self.tenant.id):
            self.rule_id = queries.rule_to_try(path["rule_id"]).rule_id
            place = any_place(body.pos, body.merchant_id)
            customer_id = self._customer(body)
        return RecordPurchase(
            customer_id=customer_id,
            merchant_id=place.merchant_id,
            pos_id=place.pos_id,
            document_scope=place.document_scope,
            document_number=NO_NUMBER,
            purchased_at=moment(body.purchased_at or timezone.now(), "purchased_at"),
            zone=place.zone,
            currency=place.currency,
            home_currency=place.currency,
            total=body.total,
            lines=lines(body),
            labels=body.labels,
            payment_method=body.payment_method,
            may_date_back=self.principal.may(DATE_BACK),
        )

    def _customer(self, body: TryRuleBody) -> UUID | None:
        if not (named := fields_named(body)):
            return None
        if not self.principal.may(SEE_CUSTOMERS):
            raise of_faults([Fault(f"/{named[0]}", "field.unknown")])
        return customer_named(body, self.tenant.id)

    def _tried(self, command: Command[Any]) -> Answer:
        return tried(self, self._trial, command)

    def _trial(self, command: RecordPurchase) -> RuleTrial:
        queries.check_tried(command)
        found = queries.trial(self.rule_id, command)
        return shown(found, actors_seen((one.changed_by for one in found.rules), self.principal))


def shown(found: queries.Trial, who: Mapping[str, str]) -> RuleTrial:
    """A trial as the API shows it."""
    wallets, same = queries.wallets_here(), ("rule_id", "currency", "wallet", "earns", "own", "all", "without")
    return RuleTrial(
        levels=list(found.foreseen.levels) if found.foreseen else [],
        ahead=queries.said_ahead(found.foreseen, timezone.now()),
        order_sentence=str(ORDER_OF_EVALUATION),
        rules=[turn_shown(one, found.currency, wallets, who) for one in found.rules],
        **{name: getattr(found, name) for name in same},
    )

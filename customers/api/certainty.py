"""`/api/v1/me/fact`, `/api/v1/customers/{id}/confirm`: it becomes certain who a customer is, before they spend."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from customers.api.sign_in import ComparesCode
from customers.codes import count_own_fact
from customers.commands import ConfirmCustomer, SayFact
from customers.domain.facts import LONGEST_FACT
from customers.permissions import CONFIRM
from loyalty.api.own import OwnView
from loyalty.api.views import CommandView


class FactBody(msgspec.Struct, forbid_unknown_fields=True):
    """The birth date (day before month, or 1990-05-17), or the number of the loyalty card."""

    fact: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_FACT)]


class SayFactView(ComparesCode, OwnView):
    """Say my birth date or card number, where `fact_needed` stands in `me`: I may spend then. Who says something else three times waits
    (429 with the time), longer each time, and at most six hours; staff can end that.
    """

    body = FactBody

    def count(self, command: SayFact) -> None:
        count_own_fact(self.principal.tenant_id, self.customer_id)

    def command(self, body: FactBody, **path: Any) -> SayFact:
        return SayFact(customer_id=self.customer_id, fact=body.fact)


class ConfirmCustomerView(CommandView):
    """Note that staff know who a customer is who is asked for a second fact: they may spend, and wait no longer to say one."""

    permission = CONFIRM

    def command(self, body: None, **path: Any) -> ConfirmCustomer:
        return ConfirmCustomer(customer_id=path["customer_id"])

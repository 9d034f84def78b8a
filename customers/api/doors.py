"""`/api/v1/sign-in-settings`: by which doors customers come in, and when they are asked for more than a code."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from customers import queries
from customers.commands import ChangeDoors
from customers.domain.challenge import BUDGETS
from customers.domain.doors import LONGEST_DORMANT, MOST_POINTS
from customers.permissions import CHANGE_DOORS, SEE_DOORS
from customers.targets import doors_of, known_countries
from loyalty.api.views import CommandView, QueryView

DoorText = Literal["phone", "email", "invitation"]
By = Literal["phone", "email"]


class DoorsBody(msgspec.Struct, forbid_unknown_fields=True):
    """`doors` that are open, phone or email among them. Codes go to mobile phones of `countries` (ISO 3166, two letters; none: the
    programme's own). Who did nothing for `dormant_months` (0: for ever) says more than a code when they sign in; whoever proves a phone for
    the first time that brings more than `fact_above` points (null: as many as there are) says more before they spend. Messages to who has
    both go to `messages_by`. `passwords`: customers may set one, and sign in by it instead of a code; left out,
    that stays as it is.
    """

    doors: list[DoorText]
    countries: list[str] = []
    dormant_months: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_DORMANT)] = 12
    fact_above: Annotated[int, msgspec.Meta(ge=0, le=MOST_POINTS)] | None = None
    messages_by: By = "phone"
    passwords: bool | msgspec.UnsetType = msgspec.UNSET


class DoorsAnswer(msgspec.Struct, frozen=True):
    """What is settled; `codes_an_hour` are the budgets of codes, which are the same everywhere: each for strangers, for
    customers who are signed in, for devices that are known, and for tills.
    """

    doors: list[DoorText]
    countries: list[str]
    dormant_months: int
    fact_above: int | None
    messages_by: By
    passwords: bool
    codes_an_hour: dict[str, int]


class DoorsView(QueryView):
    """Show how customers sign in."""

    permission = SEE_DOORS
    answer = DoorsAnswer

    def ask(self, query: None, **path: Any) -> DoorsAnswer:
        found = queries.doors()
        told = (list(found.doors), list(found.countries), found.dormant_months, found.fact_above, found.messages_by, found.passwords)
        return DoorsAnswer(*told, codes_an_hour=dict(BUDGETS))


class ChangeDoorsView(CommandView):
    """Settle how customers sign in."""

    method = "put"
    permission = CHANGE_DOORS
    body = DoorsBody

    def command(self, body: DoorsBody, **path: Any) -> ChangeDoors:
        return ChangeDoors(
            doors=tuple(body.doors),
            countries=known_countries(body.countries),
            dormant_months=body.dormant_months,
            fact_above=body.fact_above,
            messages_by=body.messages_by,
            passwords=doors_of(self.tenant).passwords if body.passwords is msgspec.UNSET else body.passwords,
        )

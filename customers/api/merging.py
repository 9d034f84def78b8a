"""`/api/v1/customers/{id}/merge`, `…/unmerge`, `/api/v1/me/merge`: two customers are one person, or are not after all."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from customers import queries
from customers.api.sign_in import ComparesCode, SendsCode
from customers.commands import CodeSent, MergeByCode, MergeCustomers, Merged, SendCode, SendCodeAgain, UnmergeCustomer
from customers.domain.challenge import typed_code
from customers.foreseeing import Foreseen, foreseen
from customers.permissions import MERGE, SEE, UNMERGE
from customers.proof import refuse_unproven
from customers.targets import phone_target
from loyalty.api.own import OwnView
from loyalty.api.views import CommandView, QueryView

MOST = 5
"""So many who may be meant are compared at once."""


class MergeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The other customer, and why the two are one person."""

    other_id: UUID
    reason: str


class UnmergeBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why they are two after all."""

    reason: str


class OtherPhoneBody(msgspec.Struct, forbid_unknown_fields=True):
    """The number of the other registration."""

    phone: str


class OtherPhoneCodeBody(msgspec.Struct, forbid_unknown_fields=True):
    """The code that was sent to that number."""

    code: Annotated[str, msgspec.Meta(max_length=40)]


class MergeQuery(msgspec.Struct):
    """Who the other one would be: by id, or by what a seller would type, then the best matches."""

    other_id: UUID | None = None
    search: Annotated[str, msgspec.Meta(max_length=200)] = ""


class AmountInWallet(msgspec.Struct, frozen=True):
    """What both have in a wallet, in its smallest unit: who stands for both (`survivor`), the other one, and together."""

    wallet: str
    survivor: int
    absorbed: int
    together: int


class MergePreview(msgspec.Struct, frozen=True):
    """What a merge would bring: who stands for both, what they have, and in what of the person they differ."""

    survivor_id: UUID
    absorbed_id: UUID
    merged: bool
    wallets: list[AmountInWallet]
    survivor_purchases: int
    absorbed_purchases: int
    differing: list[Literal["name", "birth_date", "gender", "language", "phone", "email", "card", "external_id", "state"]]


class PreviewMergeView(QueryView):
    """Show what a merge with each customer who may be meant would bring. Nothing is changed."""

    permission = SEE
    query = MergeQuery
    answer = list[MergePreview]

    def ask(self, query: MergeQuery, **path: Any) -> list[MergePreview]:
        whose = queries.customer(path["customer_id"]).id
        meant = [query.other_id] if query.other_id else [card.id for card in queries.search(query.search, MOST) if card.id != whose]
        return [_shown(foreseen(whose, other_id)) for other_id in meant]


class MergeView(CommandView):
    """Merge two customers: who joined first stands for both, and all that leads to the other leads there. Said again it changes nothing."""

    permission = MERGE
    body = MergeBody
    answer = Merged
    dry_runs = True

    def command(self, body: MergeBody, **path: Any) -> MergeCustomers:
        return MergeCustomers(customer_id=path["customer_id"], other_id=body.other_id, reason=body.reason)


class UnmergeView(CommandView):
    """Undo a merge: the customer of the address, who was merged, and who stands for them are themselves again."""

    permission = UNMERGE
    body = UnmergeBody
    answer = Merged
    dry_runs = True

    def command(self, body: UnmergeBody, **path: Any) -> UnmergeCustomer:
        return UnmergeCustomer(customer_id=path["customer_id"], reason=body.reason)


class AbsorbedInList(msgspec.Struct, frozen=True):
    """A customer who was merged, and when."""

    id: UUID
    code: str


class AbsorbedView(QueryView):
    """List who was merged into a customer."""

    permission = SEE
    answer = list[AbsorbedInList]

    def ask(self, query: None, **path: Any) -> list[AbsorbedInList]:
        whose = queries.customer(path["customer_id"]).id
        return [AbsorbedInList(one.id, queries.card_alone(one.id).code) for one in queries.absorbed_by(whose)]


class AskToMergeView(SendsCode, OwnView):
    """Ask for a code at the phone of one's other registration. The answer is the same whoever has it, and whether anybody has. Show first
    that it is you (`me/proof`).
    """

    purpose = "merge"
    body = OtherPhoneBody
    answer = CodeSent
    status = 201

    def command(self, body: OtherPhoneBody, **path: Any) -> SendCode:
        to = phone_target(body.phone, self.tenant)
        refuse_unproven(self.tenant.id, self.customer_id, self.session_id)
        return self.code_to("phone", to, self.customer_id)


class AskAgainToMergeView(SendsCode, OwnView):
    """Ask for another code at that phone."""

    purpose = "merge"
    answer = CodeSent

    def command(self, body: None, **path: Any) -> SendCodeAgain:
        return self.code_again(path["challenge_id"], self.customer_id)


class MergeMeView(ComparesCode, OwnView):
    """Say the code: both registrations are one from then on, with the points and purchases of both."""

    purpose = "merge"
    body = OtherPhoneCodeBody
    answer = Merged

    def command(self, body: OtherPhoneCodeBody, **path: Any) -> MergeByCode:
        said = {"challenge_id": path["challenge_id"], "code": typed_code(body.code)}
        return MergeByCode(customer_id=self.customer_id, session_id=self.session_id, **said)


def _shown(found: Foreseen) -> MergePreview:
    return MergePreview(
        survivor_id=found.survivor.id,
        absorbed_id=found.absorbed.id,
        merged=found.merged,
        wallets=[AmountInWallet(one.wallet, one.survivor, one.absorbed, one.together) for one in found.wallets],
        survivor_purchases=found.survivor.purchases,
        absorbed_purchases=found.absorbed.purchases,
        differing=list(found.differing),
    )

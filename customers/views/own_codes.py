"""Codes that a customer who is signed in asks for: sent, sent again, and said once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect

from customers.challenges import sent_to
from customers.codes import Said, code_again, code_to, count_compare
from customers.domain.challenge import ChallengeKind, Purpose, typed_code
from customers.forms.coming_in import CodeForm, ShellForm
from customers.known_devices import mark_of
from customers.views.access import Shell
from loyalty.bus import was_carried_out
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError, NotFound, Throttled
from loyalty.domain.identity import derived_id
from loyalty.messages.refusals import message
from loyalty.tenancy import reading

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class CodePages:
    """The pages of codes for a `purpose`: the addresses where one is asked for and said, and the template of the latter."""

    purpose: Purpose
    asks: str
    says: str
    template: str
    around: tuple[str, ...] = ()
    """What stands in both addresses before the challenge."""

    def send(self, shell: Shell, kind: ChallengeKind, to: str, *, own: bool = False) -> HttpResponse:
        """Send a code, and lead to where it is said. Who is signed in shares nothing with strangers where it goes to their `own` phone or
        email. Raises DomainError where none is sent.
        """
        mark = mark_of(kind, to, shell.tenant.id) if own else ""
        order = code_to(shell.request, self.purpose, kind, to, shell.customer_id, mark)
        return redirect(self.says, *self.around, shell.sent(order).challenge_id)

    def again(self, shell: Shell, challenge_id: UUID, **context: Any) -> HttpResponse:
        """Send another code to the same place, if the last one is a minute old."""
        try:
            shell.sent(code_again(shell.request, self.purpose, challenge_id, shell.customer_id))
        except Throttled as refusal:
            return self.show(shell, challenge_id, CodeForm(), refused=message(refusal), **context)
        except NotFound:
            return redirect(self.asks, *self.around)
        return self.show(shell, challenge_id, CodeForm(), sent_again=True, **context)

    def show(self, shell: Shell, challenge_id: UUID, form: ShellForm, **context: Any) -> HttpResponse:
        """Where the code is said; who asked for none is led to where that is done."""
        to = sent_to(shell.tenant.id, challenge_id, self.purpose, shell.customer_id)
        if to is None:
            return redirect(self.asks, *self.around)
        return shell.form(self.template, form, challenge_id=challenge_id, sent_to=to, **context)

    def carry_out(self, shell: Shell, challenge_id: UUID, order: Command[R], *, dry_run: bool = False) -> R:
        """Count that the code of the order is compared, and carry the order out, once. Raises DomainError."""
        count_compare(shell.tenant.id, challenge_id, self.purpose, Said(getattr(order, "code", "")), shell.customer_id)
        return shell.dispatch(order, self._order_id(shell.tenant.id, challenge_id), dry_run=dry_run)

    def is_taken(self, shell: Shell, challenge_id: UUID, form: ShellForm, order: Callable[..., Command[Any]]) -> bool:
        """Whether the code of the form was taken, and the order carried out; what is refused stands in the form."""
        if not form.is_valid():
            return False
        said = {"customer_id": shell.customer_id, "challenge_id": challenge_id, "code": typed_code(form.cleaned_data["code"])}
        try:
            self.carry_out(shell, challenge_id, order(**said))
        except DomainError as refusal:
            form.refuse(refusal)
            return False
        return True

    def is_done(self, tenant_id: int, challenge_id: UUID) -> bool:
        """Whether its order was carried out: of two taps, the second finds that."""
        with reading(tenant_id):
            return was_carried_out(self._order_id(tenant_id, challenge_id))

    def _order_id(self, tenant_id: int, challenge_id: UUID) -> UUID:
        return derived_id("app code", tenant_id, self.purpose, challenge_id)

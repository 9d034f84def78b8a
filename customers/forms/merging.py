"""Merging two customers who are one person, and undoing it: what will happen is shown before anything does."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import queries
from customers.commands import MergeCustomers, Merged, UnmergeCustomer
from customers.foreseeing import Foreseen, InWallet, foreseen, parted
from customers.models import Customer
from customers.permissions import MERGE, UNMERGE
from loyalty.admin.forms import CommandForm
from loyalty.domain.errors import DomainError
from loyalty.messages.refusals import message

DIFFERENCES = {
    "name": pgettext_lazy("person", "Name"),
    "birth_date": _("birth date"),
    "gender": _("gender"),
    "language": _("language"),
    "phone": _("phone"),
    "email": _("email"),
    "card": _("loyalty card"),
    "external_id": _("external id"),
    "state": _("state"),
}
CANDIDATES = 5


class MergeForm(CommandForm):
    """Merge the customer with another one, who is found as everywhere."""

    title = _("Merge with another customer…")
    permission = MERGE
    icon = "merge"
    submit = _("Merge")
    dangerous = True
    template = "customers/admin/merge.html"
    live = "customers/admin/merge_foreseen.html"
    explanation = _("For a person who is registered twice. Points and purchases of both are one from then on; it can be undone.")
    done = _("The two are one customer now: %(survivor)s.")

    other = forms.CharField(
        label=_("The other customer"), max_length=200, help_text=_("Phone, email, card, code or name."), widget=forms.TextInput()
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("How you know that it is the same person. Do not write down what nobody needs to know."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    stays = ""
    """Who stands for both, as the confirmation says it."""
    sure = forms.BooleanField(label=_("I compared both: it is the same person."))

    @classmethod
    def offered(cls, subject: Customer) -> bool:
        return subject.state in {"new", "active"} and getattr(subject, "absorbed", None) is None

    @cached_property
    def candidates(self) -> list[queries.CustomerCard]:
        """Who may be meant by what was typed. Runs in the tenant's transaction."""
        typed = str(self["other"].value() or "").strip()
        if not typed:
            return []
        exact = queries.named(typed)
        found = [exact] if exact else queries.search(typed, CANDIDATES + 1)
        return [card for card in found if card.id != self.subject.id]

    @cached_property
    def is_typed(self) -> bool:
        """Whether anything was."""
        return bool(str(self["other"].value() or "").strip())

    @cached_property
    def foreseen(self) -> Foreseen | None:
        """What would happen; None while it is not certain who is meant."""
        return foreseen(self.subject.id, self.candidates[0].id) if len(self.candidates) == 1 else None

    @property
    def differences(self) -> list[str]:
        """In what of the person they differ."""
        told = [str(DIFFERENCES[name]) for name in self.foreseen.differing] if self.foreseen else []
        return [name[:1].lower() + name[1:] for name in told]

    def clean_other(self) -> UUID:
        """The one customer who is meant."""
        if not self.candidates:
            raise ValidationError(message(DomainError("customers.other_unknown")))
        if len(self.candidates) > 1:
            raise ValidationError(message(DomainError("customers.other_ambiguous")))
        return self.candidates[0].id

    def command(self) -> MergeCustomers:
        told, known = self.cleaned_data, self.foreseen
        self.stays = f"{known.survivor.name} · {known.survivor.code}" if known else ""
        return MergeCustomers(customer_id=self.subject.id, other_id=told["other"], reason=told["reason"])

    def refuse(self, refusal: DomainError) -> None:
        """Who the other one is, is typed."""
        if refusal.field == "other_id":
            refusal.field = "other"
        super().refuse(refusal)

    def confirm(self, result: Merged) -> str:
        return str(self.done) % {"survivor": self.stays}

    def next_url(self, result: Merged) -> str:
        return reverse("admin:customers_customer_change", args=[result.survivor_id])


class UnmergeForm(CommandForm):
    """Let a customer who was merged be themselves again."""

    title = _("Undo the merge…")
    permission = UNMERGE
    icon = "call_split"
    submit = _("Undo the merge")
    dangerous = True
    template = "customers/admin/unmerge.html"
    explanation = _(
        "Both are customers of their own again. What was bought and spent since goes to the one by whose phone, card or code it came. "
        "What one of them spent beyond their own points they owe: the balance goes below zero, or a debt stands beside it, "
        "as the wallet says."
    )
    done = _("%(subject)s is a customer of their own again.")

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Why they are two persons. Do not write down what nobody needs to know."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def offered(cls, subject: Customer) -> bool:
        return getattr(subject, "absorbed", None) is not None

    @cached_property
    def survivor(self) -> queries.CustomerCard:
        """Who stands for them now."""
        return queries.customer(self.subject.id)

    @cached_property
    def left(self) -> tuple[InWallet, ...]:
        """What each of them will have. Runs in the tenant's transaction."""
        return parted(self.subject.id)

    def command(self) -> UnmergeCustomer:
        return UnmergeCustomer(customer_id=self.subject.id, reason=self.cleaned_data["reason"])

"""Adding customers and changing what is known of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers import queries
from customers.commands import ActivateCustomer, ConfirmCustomer, DeactivateCustomer, EditCustomer, RegisterCustomer, Registered
from customers.domain.identifiers import LONGEST_EXTERNAL_ID
from customers.domain.profile import full_name
from customers.domain.text import LONGEST_ADDRESS, LONGEST_NAME
from customers.forms.consents import consents_field, source_field, text_version_field
from customers.models import Customer
from customers.permissions import ACTIVATE, CONFIRM, CONTACTS, EDIT, REGISTER, SEE_CONTACTS
from customers.phones import region_of, typed_phone
from loyalty.admin.forms import CommandForm
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.house import formats
from loyalty.house.labels import LabelsField
from loyalty.staff.models import PrivilegedRead, User
from pos.queries import all_places

CONSENT_FIELDS = ("consents", "consent_text", "source")
BESIDE = {"command_id", *CONSENT_FIELDS, "referrer"}
"""Fields that are no facts of a person."""


class CustomerForm(CommandForm):
    """What the pages that add and edit a customer share."""

    sections = [
        (_("Person"), ["last_name", "first_name", "gender", "birth_date", "language", "labels"]),
        (_("Contact"), [*CONTACTS]),
    ]

    needs_all = frozenset({"customers.nothing_known"})

    last_name = forms.CharField(label=_("Last name"), max_length=LONGEST_NAME, required=False)
    first_name = forms.CharField(label=_("First name"), max_length=LONGEST_NAME, required=False)
    gender = forms.ChoiceField(label=_("Gender"), choices=Customer.Gender.choices, initial=Customer.Gender.UNDISCLOSED)
    birth_date = forms.DateField(label=_("Birth date"), required=False, widget=forms.DateInput)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    email = forms.CharField(label=_("Email"), max_length=254, required=False, widget=forms.TextInput(attrs={"inputmode": "email"}))
    card = forms.CharField(label=_("Loyalty card"), max_length=60, required=False)
    external_id = forms.CharField(
        label=_("External id"),
        max_length=LONGEST_EXTERNAL_ID,
        required=False,
        help_text=_("How another system calls this customer."),
    )
    address = forms.CharField(label=_("Address"), max_length=LONGEST_ADDRESS, required=False)
    company = forms.CharField(label=_("Company"), max_length=LONGEST_NAME, required=False)
    tax_number = forms.CharField(label=_("Tax number"), max_length=40, required=False)
    labels = LabelsField(label=_("Labels"), help_text=_("Such as size=L, vip."), widget=forms.Textarea(attrs={"rows": 3}))

    def facts(self) -> dict[str, Any]:
        """The cleaned fields as commands take them."""
        facts = {name: value for name, value in self.cleaned_data.items() if name not in BESIDE}
        if "labels" not in self.data:
            facts.pop("labels", None)
        if facts.get("phone"):
            facts["phone"] = typed_phone(facts["phone"], region_of(self.tenant.time_zone))
        return facts

    def rest(self) -> Command[Any]:
        """The fields that are right are an order, too."""
        return self.command()


class RegisterForm(CustomerForm):
    """Add a customer."""

    title = _("Add customer")
    permission = REGISTER
    icon = "person_add"
    submit = _("Add customer")
    done = _("%(name)s is registered. The customer code is %(code)s.")
    sections = [
        *CustomerForm.sections,
        (_("Consents"), [*CONSENT_FIELDS]),
        (_("Joined at"), ["pos_id", "seller_id", "referrer"]),
    ]

    consents = consents_field()
    consent_text = text_version_field()
    source = source_field()
    pos_id = forms.TypedChoiceField(label=_("Point of sale"), required=False, coerce=UUID, empty_value=None)
    seller_id = forms.TypedChoiceField(label=_("Brought by"), required=False, coerce=UUID, empty_value=None)
    referrer = forms.CharField(
        label=_("Referred by the customer"), max_length=100, required=False, help_text=_("Code, phone, email or card of that customer.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(str(p.pos_id), f"{p.merchant_name} · {p.pos_name}") for p in all_places()]
        self.fields["pos_id"].choices = [("", _("No point of sale")), *places]  # type: ignore[attr-defined]
        staff = [(str(u.pk), f"{u} ({u.email})") for u in User.objects.filter(tenant_id=self.tenant.id, is_active=True)]
        self.fields["seller_id"].choices = [("", "—"), *sorted(staff, key=lambda one: one[1])]  # type: ignore[attr-defined]

    def initial_values(self) -> dict[str, Any]:
        return {"language": self.tenant.default_language}

    def command(self) -> RegisterCustomer:
        told = self.cleaned_data
        agreed = {"consents": tuple(told.get("consents", ())), "consent_text": told.get("consent_text", "")}
        return RegisterCustomer(**self.facts(), **agreed, consent_source=told.get("source") or "staff", referrer_id=self._referrer())

    def _referrer(self) -> UUID | None:
        """Raises DomainError `customers.referrer_unknown` for a customer whom nobody knows."""
        typed = self.cleaned_data.get("referrer", "")
        found = queries.named(typed) if typed else None
        if typed and found is None:
            raise DomainError("customers.referrer_unknown", field="referrer")
        return found.id if found else None

    def confirm(self, result: Registered) -> str:
        told = self.cleaned_data
        name = full_name(told["first_name"], told["last_name"], told["language"]) or result.code
        return str(self.done) % {"name": name, "code": result.code}

    def next_url(self, result: Registered) -> str:
        return reverse("admin:customers_customer_change", args=[result.customer_id])


class EditForm(CustomerForm):
    """Edit a customer. Whoever may not see how to reach them cannot change it either."""

    title = _("Edit")
    permission = EDIT
    icon = "edit"
    done = _("%(subject)s is changed.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.principal.may(SEE_CONTACTS):
            for name in CONTACTS:
                del self.fields[name]
            self.sections = [(title, [n for n in names if n in self.fields]) for title, names in self.sections]  # type: ignore[misc]
        elif not self.is_bound:
            PrivilegedRead.note(self.principal, SEE_CONTACTS, self.subject.id)

    def initial_values(self) -> dict[str, Any]:
        row: Customer = self.subject
        known = queries.profile(row.id)
        seen = queries.contacts(row.id)
        return {
            "first_name": row.first_name,
            "last_name": row.last_name,
            "gender": known.gender,
            "birth_date": known.birth_date,
            "language": known.language or self.tenant.default_language,
            "phone": seen.phone and formats.phone(seen.phone, region_of(self.tenant.time_zone)),
            "email": seen.email,
            "card": seen.card,
            "external_id": seen.external_id,
            "address": known.address,
            "company": known.company,
            "tax_number": known.tax_number,
            "labels": known.labels,
        }

    def command(self) -> EditCustomer:
        return EditCustomer(customer_id=self.subject.id, **self.facts())


class ActivateForm(CommandForm):
    """Activate a customer."""

    title = _("Activate")
    permission = ACTIVATE
    icon = "check_circle"
    submit = _("Activate")
    explanation = _("The customer may sign in, earn and spend.")
    done = _("%(subject)s is active.")

    @classmethod
    def offered(cls, subject: Customer) -> bool:
        return subject.state in {"new", "inactive"}

    def command(self) -> ActivateCustomer:
        return ActivateCustomer(customer_id=self.subject.id)


class ConfirmForm(CommandForm):
    """Confirm who a customer is."""

    title = _("Confirm who it is")
    permission = CONFIRM
    icon = "how_to_reg"
    submit = _("Confirm")
    explanation = _(
        "The customer signed in for the first time by a phone that nobody had proven, and spends nothing by themselves until they say "
        "their birth date or card number; or said something else than is known, and has to wait. Confirm them when you see that it is them."
    )
    done = _("%(subject)s may spend their points.")

    @classmethod
    def offered(cls, subject: Customer) -> bool:
        return bool(subject.is_asked) or queries.has_to_wait(subject.id)

    def command(self) -> ConfirmCustomer:
        return ConfirmCustomer(customer_id=self.subject.id)


class DeactivateForm(CommandForm):
    """Deactivate a customer."""

    title = _("Deactivate")
    permission = ACTIVATE
    icon = "block"
    submit = _("Deactivate")
    dangerous = True
    explanation = _("The customer can no longer sign in, earn or spend. Points stay as they are.")
    done = _("%(subject)s is deactivated.")

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    @classmethod
    def offered(cls, subject: Customer) -> bool:
        return subject.state in {"new", "active"}

    def command(self) -> DeactivateCustomer:
        return DeactivateCustomer(customer_id=self.subject.id, reason=self.cleaned_data["reason"])

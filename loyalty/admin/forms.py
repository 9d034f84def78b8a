"""One form for each command: it checks shape only, builds the command and says by name what was done."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.forms import widgets
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from unfold import widgets as unfold

from loyalty.admin.facts import fact_title
from loyalty.admin.groups import FieldGroup, grouped
from loyalty.bus import dispatch
from loyalty.domain.command import Command
from loyalty.domain.errors import DomainError
from loyalty.domain.identity import new_id
from loyalty.domain.naming import as_staff_say
from loyalty.house.readable import ReadableForm
from loyalty.messages.refusals import sentence
from loyalty.staff.principal import Principal
from loyalty.tenancy.models import Tenant

NOT_CORRECT = _("The information entered is not correct.")
TIMES: dict[type[widgets.Widget], tuple[str, str]] = {
    widgets.DateInput: ("date", "%Y-%m-%d"),
    widgets.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
    widgets.TimeInput: ("time", "%H:%M"),
}
"""Kind and form of the browser's own fields for days, moments and hours."""
DRESSED: dict[type[widgets.Widget], type[widgets.Widget]] = {
    widgets.TextInput: unfold.UnfoldAdminTextInputWidget,
    widgets.EmailInput: unfold.UnfoldAdminEmailInputWidget,
    widgets.URLInput: unfold.UnfoldAdminURLInputWidget,
    widgets.NumberInput: unfold.UnfoldAdminIntegerFieldWidget,
    widgets.Textarea: unfold.UnfoldAdminTextareaWidget,
    widgets.Select: unfold.UnfoldAdminSelectWidget,
    widgets.NullBooleanSelect: unfold.UnfoldAdminNullBooleanSelectWidget,
    widgets.SelectMultiple: unfold.UnfoldAdminSelectMultipleWidget,
    widgets.CheckboxSelectMultiple: unfold.UnfoldAdminCheckboxSelectMultipleWidget,
    widgets.RadioSelect: unfold.UnfoldAdminRadioSelectWidget,
    widgets.CheckboxInput: unfold.UnfoldBooleanSwitchWidget,
    widgets.PasswordInput: unfold.UnfoldAdminPasswordWidget,
    widgets.ClearableFileInput: unfold.UnfoldAdminFileFieldWidget,
}
"""Django's plain widgets and the theme's in their place; a widget that a form chose itself stays."""


def dressed(field: forms.Field, *, themed: bool = True) -> widgets.Widget:
    """The theme's widget for a field, with the attributes and choices of its plain one; not `themed`, only the browser's own for times."""
    plain = field.widget
    if isinstance(plain, widgets.DateTimeBaseInput) and type(plain) in TIMES:
        kind, form = TIMES[type(plain)]
        look = {"class": " ".join(unfold.INPUT_CLASSES)} if themed else {}
        made: widgets.Widget = type(plain)(attrs={"type": kind, **look, **plain.attrs}, format=form)
    elif not themed or type(plain) not in DRESSED:
        return cast(widgets.Widget, plain)
    else:
        made = DRESSED[type(plain)](attrs=dict(plain.attrs))
    if isinstance(plain, widgets.ChoiceWidget):
        made.choices = plain.choices  # type: ignore[attr-defined]
    made.is_required, made.is_localized = field.required, plain.is_localized
    return made


class CommandForm(ReadableForm):
    """A page of the administration that carries out one command.

        class RegisterForm(CommandForm):
            title = _("Register a customer")
            permission = REGISTER
            done = _("%(first_name)s %(last_name)s is registered.")

            first_name = forms.CharField(label=_("First name"), max_length=80)
            …

            def command(self):
                return RegisterCustomer(first_name=self.cleaned_data["first_name"], …)

    `subject` is the row of the read model that the page is about, None on pages of a list. A refusal of the command
    appears at the field that it names.
    """

    title: ClassVar[Any] = ""
    permission: ClassVar[str]
    also: ClassVar[tuple[str, ...]] = ()
    """Permissions that are needed beside it."""
    explanation: ClassVar[Any] = ""
    """A sentence above the fields: what will happen."""
    submit: ClassVar[Any] = _("Save")
    done: ClassVar[Any] = _("Done.")
    """The confirmation; its `%(name)s` are cleaned values, and `%(subject)s` is what the page is about."""
    dangerous: ClassVar[bool] = False
    icon: ClassVar[str] = ""
    template: ClassVar[str] = "admin_kit/command.html"
    live: ClassVar[str] = ""
    """A template that htmx asks for while the form is typed: it shows `form` as far as it is filled, and nothing is carried out."""
    looks: ClassVar[bool] = False
    """Whether `carry_out` only looks: then it does so also while the form is typed, and `came_of` is what it saw."""
    shows: ClassVar[bool] = False
    """Whether it only looks, and its page shows what it saw below the fields instead of leading on; `came_of` is that, too."""
    came_of: Any = None
    needs_all: ClassVar[frozenset[str]] = frozenset()
    """Codes of refusals that nobody can tell while fields are missing."""
    sections: ClassVar[list[tuple[Any, list[str]]]] = []
    """Fields in groups: `[(_("Contact"), ["phone", "email"]), …]`; without it all in one."""
    behind: ClassVar[list[tuple[Any, Any, list[str]]]] = []
    """Fields of groups that stay closed until they are used, behind a word, with a note: `[(_("More"), "", ["company"]), …]`."""
    channel: ClassVar[str] = "admin"
    """By which way the command comes; other limits hold at a till."""
    themed: ClassVar[bool] = True
    """Whether the fields wear the theme of the administration; a screen of another look dresses them itself."""

    command_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, tenant: Tenant, principal: Principal, subject: Any = None, **kwargs: Any) -> None:
        self.tenant, self.principal, self.subject = tenant, principal, subject
        if args and args[0] is not None:
            args = (_normal(args[0]), *args[1:])
        kwargs["initial"] = {"command_id": new_id()} | (self.initial_values() or {}) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            self.add_field(name, field)

    # -- for contexts -----------------------------------------------------------------------------

    @classmethod
    def open_to(cls, user: Any) -> bool:
        """Whether somebody holds the permissions that it needs."""
        return all(map(user.has_perm, (cls.permission, *cls.also)))

    @classmethod
    def offered(cls, subject: Any) -> bool:
        """Whether the page is offered for this row (deactivate what is active)."""
        return True

    @classmethod
    def offered_to(cls, principal: Principal, subject: Any) -> bool:
        """Whether it is offered for this row to somebody who may open it (nobody approves what they proposed)."""
        return True

    def add_field(self, name: str, field: forms.Field) -> None:
        """Put a field on the form, in the theme's dress: one that depends on the subject, after `__init__`."""
        field.widget = dressed(field, themed=self.themed)
        field.widget.attrs.update(field.widget_attrs(field.widget))
        self.fields[name] = field

    def initial_values(self) -> dict[str, Any]:
        """What the fields hold at first; `self.subject` is there. Runs in the tenant's transaction."""
        return {}

    def command(self) -> Command[Any]:
        """The order behind the cleaned values. Runs in the tenant's transaction. May raise DomainError."""
        raise NotImplementedError

    def carry_out(self) -> Any:
        """Dispatch the command in a transaction of its own; its id comes from the page, so that a double click is one deed."""
        return dispatch(
            self.prepared,
            tenant_id=self.tenant.id,
            actor=self.principal.actor,
            channel=self.channel,
            command_id=self.cleaned_data.get("command_id"),
        )

    def rest(self) -> Command[Any] | None:
        """The order as far as its fields are right, to hear what else would be refused; None: it cannot be told without the
        others. Runs in the tenant's transaction.
        """
        return None

    def try_rest(self, rest: Command[Any] | None) -> None:
        """Try `rest`, and show at their fields what would be refused beside what is wrong already."""
        try:
            if rest is not None:
                dispatch(rest, tenant_id=self.tenant.id, actor=self.principal.actor, channel=self.channel, dry_run=True)
        except DomainError as refusal:
            for one in refusal.all:
                if one.field in self.fields and one.field not in self.errors and one.code not in self.needs_all:
                    self.refuse(one)

    def prepare(self) -> None:
        """Build what `carry_out` needs while the tenant's transaction is open."""
        self.prepared = self.command()

    def confirm(self, result: Any) -> str:
        """What to say when it is done, by name."""
        return str(self.done) % (
            {k: v for k, v in self.cleaned_data.items() if v is not None} | {"subject": self.subject, "result": result}
        )

    def next_url(self, result: Any) -> str | None:
        """Where to go afterwards; None: back to where the page belongs."""
        return None

    # -- for the page -----------------------------------------------------------------------------

    def ready(self) -> bool:
        """Whether everything is right so far, and prepared to be carried out. Runs in the tenant's transaction."""
        if not self.is_valid():
            return False
        try:
            self.prepare()
        except DomainError as refusal:
            self.refuse_all(refusal)
        return self.is_valid()

    def refuse_all(self, refusal: DomainError) -> None:
        """Show a refusal, and those that came with it."""
        for one in refusal.all:
            self.refuse(one)

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at its field, or above the form where the page shows no such field."""
        name = (refusal.field or "").replace(".", "_")
        seen = name in self.fields and not self.fields[name].widget.is_hidden
        self.add_error(name if seen else None, self.said(refusal))

    def said(self, refusal: DomainError) -> str:
        """The sentence of a refusal; fields that it names are called as on the page, other facts as in a history."""
        params: Mapping[str, Any] = as_staff_say(refusal.params)
        if isinstance(named := params.get("fields"), str):
            params = {**params, "fields": ", ".join(self._called(name) for name in named.split(", "))}
        return sentence(refusal.code, params)

    def _called(self, name: str) -> str:
        return str(self.fields[name].label) if name in self.fields else fact_title(name)

    def groups(self) -> list[FieldGroup]:
        """Visible fields by section, for the template."""
        if not self.sections:
            return [grouped("", self.visible_fields(), self.behind)]
        return [grouped(title, [self[name] for name in names], self.behind) for title, names in self.sections]


def _normal(given: Any) -> Any:
    """Typed text in NFC."""
    if isinstance(given, QueryDict):
        copied = given.copy()
        for name, values in list(copied.lists()):
            copied.setlist(name, [unicodedata.normalize("NFC", v) if isinstance(v, str) else v for v in values])
        return copied
    if isinstance(given, Mapping):
        return {name: unicodedata.normalize("NFC", v) if isinstance(v, str) else v for name, v in given.items()}
    return given

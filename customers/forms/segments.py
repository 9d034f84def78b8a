"""Segments, and putting customers in and out of them."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers import queries
from customers.commands import (
    ActivateSegment,
    ChangeCriteria,
    ChangeSegment,
    CreateSegment,
    Criteria,
    DeactivateSegment,
    EnterSegment,
    LeaveSegment,
    Membership,
    SegmentMade,
)
from customers.domain.segment import LONGEST_CODE, LONGEST_DESCRIPTION, LONGEST_NAME
from customers.forms.criteria import CriteriaFields
from customers.imports import typed_list
from customers.models import Customer, Member, Segment
from customers.permissions import EDIT_SEGMENTS
from customers.stored import criteria_of
from loyalty.admin.forms import CommandForm
from loyalty.imports import uploads
from loyalty.jobs.models import JobRun
from loyalty.jobs.tasks import go_on
from loyalty.jobs.work import begin
from loyalty.tenancy import reading

IN, OUT = "in", "out"
DIRECTIONS = [(IN, _("They come into the segment")), (OUT, _("They go out of the segment"))]
BETWEEN = re.compile(r"[\n\r,;\t]+")
LONGEST_LIST = 200_000


class SegmentForm(CommandForm):
    """What the pages of a segment share."""

    permission = EDIT_SEGMENTS

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, help_text=_("As colleagues call it."))
    description = forms.CharField(
        label=_("Description"), max_length=LONGEST_DESCRIPTION, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class CreateSegmentForm(SegmentForm):
    """Add a segment."""

    title = _("Add a segment")
    submit = _("Add")
    icon = "group_add"
    done = _("The segment “%(name)s” is added.")
    field_order = ["name", "code", "description"]

    code = forms.CharField(
        label=_("Code"), max_length=LONGEST_CODE, help_text=_("Rules and programs call it by this, such as vip. It stays as it is.")
    )

    def command(self) -> CreateSegment:
        return CreateSegment(**{name: self.cleaned_data[name] for name in ("code", "name", "description")})

    def next_url(self, result: SegmentMade) -> str:
        return reverse("admin:customers_segment_change", args=[result.segment_id])


class CreateDynamicForm(CriteriaFields, CreateSegmentForm):
    """Add a segment that its criteria fill."""

    title = _("Add a segment with criteria")
    explanation = _("Who meets the criteria is in it, as long as they do. The first time takes a moment.")
    above = ("name", "code", "description")

    def command(self) -> CreateSegment:
        told = {name: self.cleaned_data[name] for name in self.above}
        return CreateSegment(**told, criteria=self.criteria())


class CriteriaForm(CriteriaFields):
    """Ask something else of a segment's customers."""

    title = _("Criteria")
    permission = EDIT_SEGMENTS
    icon = "rule"
    explanation = _("Who meets the criteria is in it, as long as they do. Who no longer meets them goes out.")
    done = _("The segment “%(subject)s” asks this from now on.")

    @classmethod
    def offered(cls, subject: Segment) -> bool:
        return subject.criteria is not None

    def asked_before(self) -> Criteria | None:
        return criteria_of(self.subject.criteria)

    def command(self) -> ChangeCriteria:
        return ChangeCriteria(segment_id=self.subject.id, criteria=self.criteria())


class EditSegmentForm(SegmentForm):
    """Call and describe a segment otherwise."""

    title = _("Edit")
    icon = "edit"
    done = _("The segment “%(name)s” is saved.")

    def initial_values(self) -> dict[str, Any]:
        return {"name": self.subject.name, "description": self.subject.description}

    def command(self) -> ChangeSegment:
        told = self.cleaned_data
        return ChangeSegment(segment_id=self.subject.id, name=told["name"], description=told["description"])


class ActivateSegmentForm(CommandForm):
    """Activate a segment."""

    title = _("Activate")
    submit = _("Activate")
    permission = EDIT_SEGMENTS
    icon = "check_circle"
    explanation = _("Rules see who is in it from now on.")
    done = _("The segment “%(subject)s” is active.")

    @classmethod
    def offered(cls, subject: Segment) -> bool:
        return not subject.active

    def command(self) -> ActivateSegment:
        return ActivateSegment(segment_id=self.subject.id)


class DeactivateSegmentForm(CommandForm):
    """Deactivate a segment."""

    title = _("Deactivate")
    submit = _("Deactivate")
    permission = EDIT_SEGMENTS
    icon = "block"
    dangerous = True
    explanation = _("Rules see nobody in it from now on. Who is in it stays in it.")
    done = _("The segment “%(subject)s” is deactivated.")

    @classmethod
    def offered(cls, subject: Segment) -> bool:
        return subject.active

    def command(self) -> DeactivateSegment:
        return DeactivateSegment(segment_id=self.subject.id)


class ListForm(CommandForm):
    """Put customers in and out by a list that is typed or pasted."""

    title = _("Put in or out by a list")
    submit = _("Start")
    permission = EDIT_SEGMENTS
    icon = "playlist_add"
    explanation = _("Who is meant by a line, and who is not found, you read on the next page. Nobody is registered.")
    done = _("The list is being worked on.")

    leave = forms.ChoiceField(label=_("What becomes of these customers"), choices=DIRECTIONS)
    customers = forms.CharField(
        label=_("Customers"),
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Customer codes, phones, emails, cards or external ids, one in a line or with commas between them."),
    )

    @classmethod
    def offered(cls, subject: Segment) -> bool:
        return subject.criteria is None

    def clean_customers(self) -> list[str]:
        named = [name.strip() for name in BETWEEN.split(self.cleaned_data["customers"]) if name.strip()]
        if not named:
            raise forms.ValidationError(self.fields["customers"].error_messages["required"], code="required")
        return named

    def prepare(self) -> None:
        """Nothing to prepare: the list is kept in a transaction of its own."""

    def carry_out(self) -> UUID:
        stored = uploads.keep(self.tenant.id, "list.csv", [typed_list(self.cleaned_data["customers"])])
        told = {
            "upload": str(stored.upload_id),
            "encoding": "utf-8",
            "language": get_language(),
            "mapping": {"customer": "customer"},
            "segment_id": str(self.subject.id),
            "leave": self.cleaned_data["leave"] == OUT,
            "typed": True,
        }
        run_id = begin(self.tenant.id, "customers.import_members", str(self.subject), self.principal.actor, **told)
        with reading(self.tenant.id):
            run = JobRun.objects.get(pk=run_id)
        go_on(run)
        return run_id

    def next_url(self, result: UUID) -> str:
        return reverse("admin:jobs_jobrun_change", args=[result])


class OneMemberForm(CommandForm):
    """What the pages that put one customer in and out share; the page is the customer's."""

    permission = EDIT_SEGMENTS

    segment = forms.TypedChoiceField(label=_("Segment"), coerce=UUID)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {one.segment_id for one in queries.segments_of(self.subject.id)}
        by_hand = [one for one in queries.segments() if one.criteria is None]
        self.names = {one.segment_id: one.name for one in by_hand if self.wanted(one.segment_id in held)}
        self.fields["segment"].choices = [(str(key), name) for key, name in self.names.items()]  # type: ignore[attr-defined]

    def wanted(self, held: bool) -> bool:
        """Whether a segment that the customer is in, or is not in, can be chosen."""
        raise NotImplementedError

    def confirm(self, result: Membership) -> str:
        return str(self.done) % {"subject": self.subject, "segment": self.names[self.cleaned_data["segment"]]}


class EnterForm(OneMemberForm):
    """Put a customer into a segment."""

    title = _("Put into a segment")
    submit = _("Put in")
    icon = "group_add"
    done = _("%(subject)s is in the segment “%(segment)s”.")

    @classmethod
    def offered(cls, subject: Customer) -> bool:
        return subject.state != "erased"

    def wanted(self, held: bool) -> bool:
        return not held

    def command(self) -> EnterSegment:
        return EnterSegment(segment_id=self.cleaned_data["segment"], customer_id=self.subject.id)


class LeaveForm(OneMemberForm):
    """Take a customer out of a segment."""

    title = _("Take out of a segment")
    submit = _("Take out")
    icon = "group_remove"
    done = _("%(subject)s is no longer in the segment “%(segment)s”.")

    @classmethod
    def offered(cls, subject: Customer) -> bool:
        return any(one.criteria is None for one in queries.segments_of(subject.id))

    def wanted(self, held: bool) -> bool:
        return held

    def command(self) -> LeaveSegment:
        return LeaveSegment(segment_id=self.cleaned_data["segment"], customer_id=self.subject.id)


class RemoveMemberForm(CommandForm):
    """Take a member out; the page is the member's."""

    title = _("Take out")
    submit = _("Take out")
    permission = EDIT_SEGMENTS
    icon = "group_remove"
    done = _("%(subject)s is no longer in it.")

    @classmethod
    def offered(cls, subject: Member) -> bool:
        return subject.segment.criteria is None

    def command(self) -> LeaveSegment:
        member: Member = self.subject
        return LeaveSegment(segment_id=member.segment_id, customer_id=member.customer_id)

    def next_url(self, result: Membership) -> str:
        return f"{reverse('admin:customers_member_changelist')}?segment={self.subject.segment_id}"

"""What a file of customers has of each: whole phones, emails and the like for who may see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from customers.admin.shown import bought_by, state_said
from customers.models import Customer
from customers.phones import region_of
from customers.sealing import opened
from loyalty.admin.export import Column
from loyalty.house import formats
from loyalty.tenancy.middleware import tenant_of_id

CONTACT: tuple[tuple[str, object], ...] = (
    ("email", _("Email")), ("card", _("Loyalty card")), ("external_id", _("External id")), ("address", _("Address")),
    ("company", _("Company")), ("tax_number", _("Tax number")),
)  # fmt: skip
LAST_4 = Column(_("Phone, last 4 digits"), lambda row: row.phone_last4)


LEVEL = Column(_("Level"), lambda row: getattr(row, "level", ""))


def columns(whole: bool, levels: bool) -> Sequence[Column]:
    """`whole`: the reader may see whole phone numbers and addresses; `levels`: which level somebody has."""
    known = [Column(_("Phone"), _phone), *(Column(title, _sealed(kind)) for kind, title in CONTACT)]
    return [
        Column(_("Code"), lambda row: row.code),
        Column(_("Last name"), lambda row: row.last_name),
        Column(_("First name"), lambda row: row.first_name),
        Column(_("State"), state_said),
        *([LEVEL] if levels else []),
        Column(_("Gender"), lambda row: row.get_gender_display()),
        Column(_("Birth date"), lambda row: row.birth_date),
        Column(_("Language"), lambda row: row.language),
        *(known if whole else [LAST_4]),
        Column(_("Purchases"), lambda row: bought_by(row).purchases),
        Column(_("Total"), lambda row: formats.major(bought.total, bought.currency) if (bought := bought_by(row)).currency else 0),
        Column(_("Currency"), lambda row: bought_by(row).currency or ""),
        Column(_("Last purchase"), lambda row: bought_by(row).last_purchase_at),
        Column(_("Registered"), lambda row: row.registered_at),
    ]


def _sealed(kind: str) -> Callable[[Customer], str | None]:
    return lambda row: opened(getattr(row, f"{kind}_sealed"), kind, row.tenant_id, row.id)


def _phone(row: Customer) -> str | None:
    number = _sealed("phone")(row)
    return number and formats.phone(number, region_of(tenant_of_id(row.tenant_id).time_zone))

"""What the facts of events are called in a history, and who "system" is: the words of the trade, alike in all contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

TITLES: dict[str, Any] = {
    "account_id": _("Points account"),
    "activated_at": _("Activated"),
    "active": _("Active"),
    "active_from": _("Active from"),
    "added_at": _("Added"),
    "address": _("Address"),
    "amount": _("Amount"),
    "amount_kept": _("Amount kept"),
    "amounts": _("Amounts"),
    "assigned_at": _("Assigned"),
    "at": _("When"),
    "available": _("Available"),
    "balance": _("Balance"),
    "birth_date": _("Birth date"),
    "card": _("Loyalty card"),
    "category": _("Category"),
    "changed_at": _("Changed"),
    "channel": _("Channel"),
    "clawed_back_at": _("Clawed back"),
    "closes": _("Closes"),
    "code": _("Code"),
    "company": _("Company"),
    "contributions": _("Rules that counted"),
    "currency": _("Currency"),
    "customer_id": _("Customer"),
    "deactivated_at": _("Deactivated"),
    "description": _("Description"),
    "document_number": _("Document number"),
    "document_scope": _("A document number is used only once in"),
    "earned_at": _("Earned"),
    "effective_at": _("In effect from"),
    "email": _("Email"),
    "expires_at": _("Expires"),
    "external_id": _("External id"),
    "facts": _("Facts"),
    "first_name": _("First name"),
    "gender": _("Gender"),
    "held": _("Kept aside"),
    "identifier": _("Identifier"),
    "issued_at": _("Issued"),
    "kind": _("Kind"),
    "labels": _("Labels"),
    "language": _("Language"),
    "last_name": _("Last name"),
    "latitude": _("Latitude"),
    "level": _("Level"),
    "line": _("Line"),
    "line_shares": _("Taken off each line"),
    "lines": _("Lines"),
    "longitude": _("Longitude"),
    "lot_id": _("Lot of points"),
    "maker": _("Maker"),
    "merchant_id": _("Merchant"),
    "movement": _("Movement"),
    "name": _("Name"),
    "nothing_left": _("Returned entirely"),
    "opening_hours": _("Opening hours"),
    "opens": _("Opens"),
    "payment_method": _("Payment method"),
    "per": _("For each"),
    "phone": _("Phone"),
    "photo": _("Photo"),
    "points": _("Points"),
    "pos_id": _("Point of sale"),
    "prices_include_tax": _("Prices include tax"),
    "purchase_id": _("Purchase"),
    "purchased_at": _("Purchased"),
    "quantity": _("Quantity"),
    "reason": _("Reason"),
    "registered_at": _("Registered"),
    "return_id": _("Return"),
    "return_pos_id": _("Returned at"),
    "returned_at": pgettext_lazy("date", "Returned"),
    "revoked_at": _("Revoked"),
    "rounding": _("Rounding"),
    "rule_id": _("Earning rule"),
    "set": _("Level set"),
    "sku": _("SKU"),
    "standing": _("State"),
    "tax_rate": _("Tax rate"),
    "terms": _("Terms"),
    "total": _("Total"),
    "tried": _("Tries"),
    "unit_price": _("Unit price"),
    "until": _("Until"),
    "user_id": _("Member of staff"),
    "value": _("Value"),
    "version": _("Version"),
    "wallet": _("Wallet"),
    "weekday": _("Weekday"),
    "what": _("What happened"),
    "whole_steps": _("Full amounts only"),
    "withdrawn_at": _("Withdrawn"),
    "written_at": _("Written"),
}
CODES: dict[str, dict[str, Any]] = {}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a fact: the tenant's `currency`, the parts of the event that hold it (`parts`, the innermost first), and the
    event with which its stream begins.
    """

    currency: str = ""
    parts: tuple[Any, ...] = ()
    begin: Any = None
    asked: dict[Callable[[], Any], Any] = field(default_factory=dict)

    def within(self, part: Any) -> Around:
        """What stands around the facts of a part."""
        return replace(self, parts=(part, *self.parts))

    def fact(self, name: str) -> Any:
        """The nearest fact of that name: of what holds it, else of what its stream begins with; None without one."""
        found = (getattr(part, name, None) for part in (*self.parts, self.begin))
        return next((value for value in found if value is not None), None)

    def part(self, kind: type[T]) -> T | None:
        """The nearest part of a kind that holds it."""
        return next((part for part in self.parts if isinstance(part, kind)), None)

    def once(self, ask: Callable[[], T]) -> T:
        """What `ask` answers, asked once for all facts of a page."""
        if ask not in self.asked:
            self.asked[ask] = ask()
        return cast(T, self.asked[ask])


HIDDEN: dict[type[Any], tuple[frozenset[str], str]] = {}


def hide_facts(event: type[Any], facts: Iterable[str], permission: str) -> None:
    """Facts of an event that only who has a permission reads: `hide_facts(GiftShipped, ("carrier",), SEND)`."""
    HIDDEN[event] = (frozenset(facts), permission)


def hidden_facts(event: Any, may: Callable[[str], bool]) -> frozenset[str]:
    """Those of an event that are not for who `may` so much."""
    facts, permission = HIDDEN.get(type(event), (frozenset[str](), ""))
    return facts if facts and not may(permission) else frozenset()


FIGURES: dict[str, Callable[[Any, Around], str]] = {}


def name_facts(titles: Mapping[str, Any]) -> None:
    """How people read facts that only one context knows: `name_facts({"stamps_left": _("Stamps left")})`."""
    TITLES.update(titles)


def name_codes(fact: str, words: Mapping[str, Any]) -> None:
    """How people read the codes that a fact may hold: `name_codes("gender", dict(Customer.Gender.choices))`."""
    CODES.setdefault(fact, {}).update(words)


def read_as(words: Callable[[Any, Around], str], *facts: str) -> None:
    """How people read figures: `read_as(lambda minor, around: money(minor, around.currency), "total", "amount")`."""
    FIGURES.update(dict.fromkeys(facts, words))


def fact_value(name: str, value: Any, around: Around) -> Any:
    """The words for the code or figure that the fact `name` holds; any other value as it is."""
    if isinstance(value, str):
        return CODES.get(name, {}).get(value, value)
    words = FIGURES.get(name)
    if words is None or value is None:
        return value
    return [words(part, around) for part in value] if isinstance(value, tuple) else words(value, around)


def fact_title(name: str) -> str:
    """The words for the field `name` of an event; without some, the name itself made readable."""
    return str(TITLES.get(name) or capfirst(name.replace("_", " ")))


def actor_title(actor: str) -> str:
    """Who acted, when no person and no program did."""
    kind = actor.partition(":")[0]
    named = {
        "customer": pgettext("actor", "The customer"),
        "staff": pgettext("actor", "A member of staff"),
        "system": pgettext("actor", "System"),
        "token": pgettext("actor", "A program"),
        "visitor": pgettext("actor", "The customer"),
    }
    return named.get(kind, actor)

"""A customer: a person in the programme, with what is known of them and what points to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, assert_never
from uuid import UUID

from customers.domain.challenge import ChallengeKind
from customers.domain.code import parse_code
from customers.domain.facts import is_known_by
from customers.domain.identifiers import IdentifierKind, LinkingKind
from customers.domain.profile import Profile, Unchanged
from customers.domain.purposes import CardState
from customers.domain.state import State
from customers.domain.told import facts_of, profile_of, told_reason
from customers.events import (
    CardStateChanged,
    CustomerActivated,
    CustomerDeactivated,
    CustomerErased,
    CustomerMerged,
    CustomerRegistered,
    CustomerUnmerged,
    EraseReason,
    IdentifierChanged,
    IdentifierLinked,
    IdentifierProven,
    IdentifierUnlinked,
    ProfileChanged,
    SecondFactAsked,
    SecondFactSaid,
)
from loyalty.domain.aggregate import Aggregate
from loyalty.domain.errors import Conflict, DomainError, NotFound

Event = (
    CustomerRegistered
    | ProfileChanged
    | IdentifierChanged
    | IdentifierLinked
    | IdentifierUnlinked
    | IdentifierProven
    | CustomerActivated
    | CustomerDeactivated
    | CustomerErased
    | CardStateChanged
    | SecondFactAsked
    | SecondFactSaid
    | CustomerMerged
    | CustomerUnmerged
)
Identifiers = Mapping[IdentifierKind, str]
MOST_LINKS = 50


class Customer(Aggregate):
    """Stream `customer`. New or active at first; active ⇄ inactive by staff; erased for good. Who was merged only corrects and proves."""

    stream = "customer"

    def __init__(self, stream_id: UUID) -> None:
        super().__init__(stream_id)
        self.state: State = "new"
        self.code = ""
        self.profile = Profile()
        self.identifiers: dict[IdentifierKind, str] = {}
        self.former: set[tuple[IdentifierKind, str]] = set()
        """What pointed to them once, also if it does again."""
        self.proven: set[tuple[ChallengeKind, str]] = set()
        self.links: set[tuple[LinkingKind, str]] = set()
        self.former_links: set[tuple[LinkingKind, str]] = set()
        self.card_state: CardState = "none"
        self.is_asked = False
        self.registered_at: datetime | None = None
        self.merged: CustomerMerged | None = None

    def register(
        self,
        code: str,
        profile: Profile,
        identifiers: Identifiers,
        *,
        pos_id: UUID | None,
        active: bool,
        now: datetime,
        seller_id: UUID | None = None,
        referrer_id: UUID | None = None,
    ) -> None:
        """Join the programme with a checked profile and normal identifiers.

        Raises Conflict `customers.registered_before`, and DomainError `customers.nothing_known` for a person with
        neither a name nor an identifier.
        """
        self.refuse_registered()
        _refuse_nobody(profile, identifiers)
        self.record(
            CustomerRegistered(
                customer_id=self.id,
                code=code,
                phone=identifiers.get("phone"),
                email=identifiers.get("email"),
                card=identifiers.get("card"),
                external_id=identifiers.get("external_id"),
                pos_id=pos_id,
                active=active,
                registered_at=now,
                seller_id=seller_id,
                referrer_id=referrer_id,
                **facts_of(profile),
            )
        )

    def edit(self, profile: Profile, identifiers: Identifiers, now: datetime) -> None:
        """Take a whole checked profile and all identifiers as they are from now on; what did not change is no event."""
        self.refuse_absent()
        _refuse_nobody(profile, identifiers)
        if profile != self.profile:
            self.record(ProfileChanged(customer_id=self.id, changed_at=now, **facts_of(profile)))
        for kind in sorted({*self.identifiers, *identifiers}):
            if identifiers.get(kind) != self.identifiers.get(kind):
                self.record(IdentifierChanged(customer_id=self.id, kind=kind, value=identifiers.get(kind), changed_at=now))

    def mark_card(self, state: CardState, now: datetime) -> None:
        """Note where their card is. Raises DomainError `customers.no_card` without a card, `customers.has_card` for "none" with one."""
        self.refuse_closed()
        has_card = "card" in self.identifiers
        if has_card == (state == "none"):
            raise DomainError("customers.has_card" if has_card else "customers.no_card", field="state")
        if state != self.card_state:
            self.record(CardStateChanged(customer_id=self.id, state=state, changed_at=now))

    def link(self, kind: LinkingKind, value: str, now: datetime) -> bool:
        """Be led to by a browser or an account; False when that is so already. Raises DomainError `customers.too_many_links`."""
        self.refuse_closed()
        if (kind, value) in self.links:
            return False
        if len(self.links) >= MOST_LINKS:
            raise DomainError("customers.too_many_links", most=MOST_LINKS)
        self.record(IdentifierLinked(customer_id=self.id, kind=kind, value=value, linked_at=now))
        return True

    def unlink(self, kind: LinkingKind, value: str, now: datetime) -> None:
        """Be led to no longer. Raises NotFound `customers.link_unknown` for what does not lead to them."""
        self.refuse_absent()
        if (kind, value) not in self.links:
            raise NotFound("customers.link_unknown")
        self.record(IdentifierUnlinked(customer_id=self.id, kind=kind, value=value, unlinked_at=now))

    def prove(self, kind: ChallengeKind, value: str, now: datetime) -> bool:
        """Turn out to be who reads what comes to this phone or email; who was new takes part from now on. Answers whether it is the first
        time.

        Raises DomainError `customers.code_wrong` for an identifier that is not theirs (any more), and for somebody inactive, who must
        not be told apart from who said the wrong code.
        """
        self.refuse_absent()
        if self.state == "inactive" or self.identifiers.get(kind) != value:
            raise DomainError("customers.code_wrong", field="code")
        if first := (kind, value) not in self.proven:
            self.record(IdentifierProven(customer_id=self.id, kind=kind, value=value, proven_at=now))
        if self.state == "new" and self.merged is None:
            self.activate(now)
        return first

    def ask_fact(self, now: datetime) -> None:
        """Let them say more than a code before they spend; nothing happens when they are asked already."""
        if not self.is_asked:
            self.record(SecondFactAsked(customer_id=self.id, asked_at=now))

    def say_fact(self, text: str, now: datetime) -> None:
        """Say their birth date or card number. Raises DomainError `customers.fact_wrong` for anything else, and for whatever nobody knows
        of them.
        """
        self.refuse_inactive()
        if not is_known_by(text, self.profile.birth_date, self.identifiers.get("card")):
            raise DomainError("customers.fact_wrong", field="fact")
        self._be_certain("fact", now)

    def confirm(self, now: datetime) -> None:
        """Be seen by staff, who know who they are. Harmless when nobody asks."""
        self.refuse_absent()
        self._be_certain("staff", now)

    def lose(self, kind: ChallengeKind, value: str, now: datetime) -> None:
        """Be led to no longer by what somebody else turned out to hold. Raises NotFound where it does not lead to them."""
        self.refuse_absent()
        if self.identifiers.get(kind) != value:
            raise NotFound("customers.not_found")
        self.record(IdentifierChanged(customer_id=self.id, kind=kind, value=None, changed_at=now))

    def refuse_asked(self, field: str | None = None) -> None:
        """Raises DomainError `customers.fact_needed` as long as they are asked who they are."""
        if self.is_asked:
            raise DomainError("customers.fact_needed", field=field)

    def _be_certain(self, way: Literal["fact", "staff"], now: datetime) -> None:
        if self.is_asked:
            self.record(SecondFactSaid(customer_id=self.id, way=way, said_at=now))

    def activate(self, now: datetime) -> None:
        """Let them take part; nothing happens when they do already."""
        self.refuse_closed()
        if self.state != "active":
            self.record(CustomerActivated(customer_id=self.id, activated_at=now))

    def deactivate(self, reason: str, now: datetime) -> None:
        """Let them take part no longer. Raises DomainError `customers.reason_missing` without a reason."""
        self.refuse_closed()
        deactivated = CustomerDeactivated(customer_id=self.id, reason=told_reason(reason), deactivated_at=now)
        if self.state != "inactive":
            self.record(deactivated)

    def erase(self, reason: EraseReason, confirmed: str | None, now: datetime) -> None:
        """Be forgotten. Raises NotFound as `refuse_absent` does, and DomainError when what was `confirmed` is not their code."""
        self.refuse_absent()
        if confirmed is not None and parse_code(confirmed) != self.code:
            raise DomainError("customers.confirmed_another", field="code")
        self.record(CustomerErased(customer_id=self.id, erased_at=now, reason=reason))

    def refuse_registered(self) -> None:
        """Raises Conflict for somebody who joined before."""
        if self.exists:
            raise Conflict("customers.registered_before")

    def refuse_absent(self) -> None:
        """Raises NotFound for somebody who never joined or was erased: the two look alike."""
        if not self.exists or self.state == "erased":
            raise NotFound("customers.not_found")

    def refuse_closed(self) -> None:
        """Raises Conflict `customers.is_merged` for somebody who was merged into another one, and as `refuse_absent` does."""
        self.refuse_absent()
        if self.merged is not None:
            raise Conflict("customers.is_merged")

    def refuse_inactive(self) -> None:
        """Raises DomainError `customers.not_active` for somebody who does not take part (yet), and as `refuse_closed` does."""
        self.refuse_closed()
        if self.state != "active":
            raise DomainError("customers.not_active")

    def refuse_another_birth_date(self, wanted: date | Unchanged | None) -> None:
        """Raises DomainError `customers.birth_date_known` for another one than is known, `customers.fact_needed` for who is asked for it,
        whatever they say: the answer must not tell whether it is the one; and as `refuse_inactive` does.
        """
        self.refuse_inactive()
        if isinstance(wanted, Unchanged):
            return
        self.refuse_asked("birth_date")
        if self.profile.birth_date not in {None, wanted}:
            raise DomainError("customers.birth_date_known", field="birth_date")

    def evolve(self, event: Event) -> None:
        match event:
            case CustomerRegistered():
                self.code = event.code
                self.state = "active" if event.active else "new"
                self.profile = profile_of(event)
                told = {"phone": event.phone, "email": event.email, "card": event.card, "external_id": event.external_id}
                self.identifiers = {kind: value for kind, value in told.items() if value is not None}  # type: ignore[misc]
                self.card_state = "none" if event.card is None else "held"
                self.registered_at = event.registered_at
            case ProfileChanged():
                self.profile = profile_of(event)
            case IdentifierChanged(kind=kind, value=value):
                self.former |= {(k, v) for k, v in self.identifiers.items() if k == kind}
                self.identifiers = {k: v for k, v in self.identifiers.items() if k != kind} | ({} if value is None else {kind: value})
                if kind == "card":
                    self.card_state = "none" if value is None else "held"
            case CardStateChanged():
                self.card_state = event.state
            case IdentifierProven(kind=shown, value=said):
                self.proven.add((shown, said))
            case IdentifierLinked(kind=link, value=led):
                self.links.add((link, led))
            case IdentifierUnlinked(kind=link, value=led):
                self.links, self.former_links = self.links - {(link, led)}, self.former_links | {(link, led)}
            case CustomerActivated() | CustomerDeactivated():
                self.state = "active" if isinstance(event, CustomerActivated) else "inactive"
            case CustomerErased():
                self.state, self.profile, self.identifiers, self.links = "erased", Profile(), {}, set()
                self.card_state, self.proven, self.former, self.former_links = "none", set(), set(), set()
            case SecondFactAsked() | SecondFactSaid() | CustomerMerged() | CustomerUnmerged():
                self._turned_out(event)
            case _:
                assert_never(event)

    def _turned_out(self, event: SecondFactAsked | SecondFactSaid | CustomerMerged | CustomerUnmerged) -> None:
        if isinstance(event, SecondFactAsked | SecondFactSaid):
            self.is_asked = isinstance(event, SecondFactAsked)
        else:
            self.merged = event if isinstance(event, CustomerMerged) else None


def _refuse_nobody(profile: Profile, identifiers: Identifiers) -> None:
    if not profile.is_named and not identifiers:
        raise DomainError("customers.nothing_known", field="phone")

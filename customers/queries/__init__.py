"""What can be asked of the customer register. Every function needs an open `loyalty.tenancy.reading(tenant_id)`.

`region` is the country (ISO 3166) of phones that are typed without a country code; "" for the tenant's own.
"""

from __future__ import annotations

from customers.barred import barred_query
from customers.domain.identifiers import IdentifierKind
from customers.domain.state import MAY_EARN, State
from customers.phones import phone, typed_phone
from customers.queries.consents import ConsentCard, consents
from customers.queries.register import (
    Contacts,
    CustomerCard,
    CustomerPage,
    Profile,
    cards,
    contacts,
    customer,
    customer_by,
    customers,
    erased,
    holders,
    home_region,
    identified,
    led_to,
    may_earn,
    named,
    normal_identifier,
    profile,
    profile_read,
    search,
    standing_read,
)
from customers.queries.segments import (
    MemberCard,
    MemberPage,
    SegmentCard,
    find_members,
    find_memberships,
    members,
    members_of,
    peopled_segments_read,
    segment,
    segment_names,
    segments,
    segments_of,
    segments_read,
)

__all__ = [
    "MAY_EARN",
    "ConsentCard",
    "Contacts",
    "CustomerCard",
    "CustomerPage",
    "IdentifierKind",
    "MemberCard",
    "MemberPage",
    "Profile",
    "SegmentCard",
    "State",
    "barred_query",
    "cards",
    "consents",
    "contacts",
    "customer",
    "customer_by",
    "customers",
    "erased",
    "find_members",
    "find_memberships",
    "holders",
    "home_region",
    "identified",
    "led_to",
    "may_earn",
    "members",
    "members_of",
    "named",
    "normal_identifier",
    "peopled_segments_read",
    "phone",
    "profile",
    "profile_read",
    "search",
    "segment",
    "segment_names",
    "segments",
    "segments_of",
    "segments_read",
    "standing_read",
    "typed_phone",
]

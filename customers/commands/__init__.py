"""What can be asked of the customer register."""

from customers.commands.people import (
    ActivateCustomer,
    ChangeCardState,
    ChangeConsents,
    DeactivateCustomer,
    EditCustomer,
    EraseCustomer,
    IssueCustomerToken,
    IssuedToken,
    LinkIdentifier,
    RegisterCustomer,
    Registered,
    RevokeCustomerToken,
    UnlinkIdentifier,
)
from customers.commands.segments import (
    ActivateSegment,
    ChangeCriteria,
    ChangeSegment,
    CreateSegment,
    DeactivateSegment,
    EnterSegment,
    LeaveSegment,
    MatchCriteria,
    Matched,
    Membership,
    SegmentMade,
)
from customers.domain.criteria import Criteria, Criterion, Group
from customers.domain.profile import UNCHANGED, Unchanged
from customers.domain.purposes import CardState, ConsentPurpose, ConsentSource
from customers.events import EntryWay, EraseReason

__all__ = [
    "UNCHANGED", "ActivateCustomer", "ActivateSegment", "CardState", "ChangeCardState", "ChangeConsents", "ChangeCriteria",
    "ChangeSegment", "ConsentPurpose", "ConsentSource", "CreateSegment", "Criteria", "Criterion", "DeactivateCustomer",
    "DeactivateSegment", "EditCustomer", "EnterSegment", "EntryWay", "EraseCustomer", "EraseReason", "Group", "IssueCustomerToken",
    "IssuedToken", "LeaveSegment", "LinkIdentifier", "MatchCriteria", "Matched", "Membership", "RegisterCustomer", "Registered",
    "RevokeCustomerToken", "SegmentMade", "Unchanged", "UnlinkIdentifier",
]  # fmt: skip

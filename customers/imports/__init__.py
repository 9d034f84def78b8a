"""Moving customers in from a file: each row registers somebody, or is told to be there already, or is refused with its field."""

from customers.imports.columns import FIELDS, LABELS
from customers.imports.members import MEMBER_FIELDS, MEMBER_LABELS, MemberOptions, MembersImporter, typed_list
from customers.imports.run import CustomerImporter, CustomerOptions

__all__ = [
    "FIELDS", "LABELS", "MEMBER_FIELDS", "MEMBER_LABELS", "CustomerImporter", "CustomerOptions", "MemberOptions", "MembersImporter",
    "typed_list",
]  # fmt: skip

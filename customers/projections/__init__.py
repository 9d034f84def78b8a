"""What the register shows: who there is, what is searched of them, what they have bought and done."""

from customers.projections.consents import Consents
from customers.projections.custom_events import CustomEvents
from customers.projections.doors import DoorsSettled
from customers.projections.invitations import Invitations
from customers.projections.merging import Merged
from customers.projections.purchases import Purchases
from customers.projections.register import Customers
from customers.projections.search import Elasticsearch, Names
from customers.projections.segments import Members, Segments
from customers.projections.spending import Spending
from customers.projections.terms import TermsShown

__all__ = [
    "Consents", "CustomEvents", "Customers", "DoorsSettled", "Elasticsearch", "Invitations", "Members", "Merged", "Names", "Purchases",
    "Segments", "Spending", "TermsShown",
]  # fmt: skip

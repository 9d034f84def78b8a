"""What else is asked under the lock of a customer who comes in: when they were last seen, and what they would bring to spend."""

from __future__ import annotations

from uuid import UUID

from customers.domain.doors import DoorRules
from earning.queries import Listing, who_has_balance
from loyalty.bus import Unit

WALLET = "points"
MERGED = "select id, survivor_id from customers_absorbed where tenant_id = %s and survivor_id = %s"
LAST_SEEN = """select greatest(c.changed_at, s.last_purchase_at, (select max(greatest(t.issued_at, t.last_used::timestamptz))
        from customers_token t where t.tenant_id = c.tenant_id and t.customer_id = c.id))
    from customers_customer c left join customers_spending s on s.tenant_id = c.tenant_id and s.customer_id = c.id
    where c.tenant_id = %s and c.id = %s and c.state <> 'inactive'"""
"""Nothing of who is inactive: they are told what a wrong code is told, whenever they come."""


def is_dormant(unit: Unit, customer_id: UUID, settled: DoorRules) -> bool:
    """Whether a customer neither bought, nor signed in, nor was changed for so long that the phone may have become another's."""
    rows = unit.execute(LAST_SEEN, (unit.tenant_id, customer_id))
    return bool(rows) and settled.is_dormant(rows[0][0], unit.now)


def has_more_than(unit: Unit, customer_id: UUID, points: int | None) -> bool:
    """Whether a customer has more points (smallest unit) than that, with those who were merged into them; nobody has more than None."""
    if points is None:
        return False
    merged = Listing(MERGED, (unit.tenant_id, customer_id))
    found = who_has_balance(WALLET, points + 1, None, [customer_id], merged).listed
    return found is not None and bool(unit.execute(found.sql, found.params))

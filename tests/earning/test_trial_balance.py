"""The trial balance of a wallet: all accounts, by book and kind of movement, in figures worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from earning import queries
from earning.commands import AdjustPoints, CancelLot, RestorePoints, SpendPoints, TransferPoints, WalletTerms
from earning.domain.expiry import Expiry
from earning.timekeeping import note_time
from loyalty.staff.models import User
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.counter import Counter
from tests.earning.ledger_given import configure
from tests.earning.shops import Shops, recorded
from tests.support.client import ApiClient, visitor

DAY = timedelta(days=1)
TRIAL = "/api/v1/trial-balance"
START = datetime.now(UTC).replace(microsecond=0) - 20 * DAY
pytestmark = pytest.mark.usefixtures("own_log_of_module")
MOVEMENTS = """insert into earning_movement (position, tenant_id, account_id, operation_id, kind, points, balance, contributions,
        effective_at, recorded_at)
    select %s - n, %s, a.id, gen_random_uuid(), 'earned', 5, 5, '[]', now() - n * interval '1 hour', now()
    from generate_series(1, %s) n
    join (select id, row_number() over () as place from earning_account where tenant_id = %s) a on a.place = n %% 200 + 1"""
ACCOUNTS = """insert into earning_account (id, tenant_id, customer_id, wallet, balance, earned, clawed_back, movements, position)
    select gen_random_uuid(), %s, gen_random_uuid(), 'points', n, n, 0, 1, n from generate_series(1, 200) n"""


def lived(counter: Counter) -> None:
    """Hoa buys for 100 and 30 points, spends 60, gets 20 back, and passes 25 on to Lan, who returns goods of 10 and is given 7, of which
    3 end by themselves after ten days: she had spent 4. A lot of 9 that was given by mistake is cancelled.
    """
    configure(counter, WalletTerms(expiry=Expiry(kind="never")))
    hoa, lan = counter.customer(first_name="Hoa"), counter.customer(first_name="Lan")
    for n, amount in enumerate((1_000_000, 300_000)):
        counter.do(counter.order(hoa, amount, purchased_at=START + n * DAY), channel="import", at=START + n * DAY)
    spent = counter.do(SpendPoints(customer_id=hoa, points=60), at=START + 2 * DAY)
    counter.do(RestorePoints(customer_id=hoa, spend_id=spent.id, points=20), at=START + 3 * DAY)
    counter.do(TransferPoints(customer_id=hoa, recipient_id=lan, points=25), at=START + 4 * DAY)
    sale = counter.order(lan, 100_000, purchased_at=START + 5 * DAY)
    made = counter.do(sale, channel="import", at=START + 5 * DAY)
    counter.do(counter.return_order(sale, made.purchase_id), channel="import", at=START + 6 * DAY)
    configure(counter, WalletTerms(expiry=Expiry(kind="after_days", days=3)), since=START + 7 * DAY)
    given = counter.do(AdjustPoints(customer_id=lan, points=7, reason="Sorry"), at=START + 7 * DAY)
    counter.do(SpendPoints(customer_id=lan, points=4), at=START + 7 * DAY)
    wrong = counter.do(AdjustPoints(customer_id=hoa, points=9, reason="x"), at=START + 8 * DAY)
    counter.do(CancelLot(customer_id=hoa, lot_id=wrong.id, reason="by mistake"), at=START + 8 * DAY)
    assert given.points == 7
    note_time(counter.tenant.id, START + 15 * DAY)


def by_kind(found: queries.TrialBalance) -> dict[str, tuple[int, ...]]:
    return {one.kind: (one.movements, *one.into.values()) for one in found.moved}


def test_all_accounts_together_are_told_by_book_before_in_and_after_a_period(counter: Counter) -> None:
    lived(counter)
    with reading(counter.tenant.id):
        everything = queries.trial_balance(START + 16 * DAY)
        later = queries.trial_balance(START + 7 * DAY, since=START + 4 * DAY)
        assert sum(queries.balance(one, datetime.now(UTC)).balance for one in everybody(counter)) == everything.closing["member"]
        unknown = queries.trial_balance(START + 16 * DAY, known_at=START)
    assert by_kind(everything) == {
        "earned": (3, 140, -140, 0, 0),
        "clawed_back": (1, -10, 10, 0, 0),
        "spent": (2, -64, 0, 64, 0),
        "restored": (1, 20, 0, -20, 0),
        "sent": (1, -25, 0, 0, 0),
        "received": (1, 25, 0, 0, 0),
        "granted": (2, 16, -16, 0, 0),
        "cancelled": (1, -9, 9, 0, 0),
        "expired": (1, -3, 0, 0, 3),
    }
    assert [*everything.closing.values()] == [90, -137, 44, 3]
    assert (everything.sum, everything.unbalanced, set(everything.opening.values())) == (0, 0, {0})
    assert [*later.opening.values()] == [90, -130, 40, 0]
    assert (sorted(by_kind(later)), [*later.closing.values()], later.sum) == (
        ["clawed_back", "earned", "granted", "received", "sent", "spent"],
        [93, -137, 44, 0],
        0,
    )
    assert (unknown.moved, set(unknown.closing.values())) == ((), {0})


def everybody(counter: Counter) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("select customer_id from earning_account where tenant_id = %s", [counter.tenant.id])
        return [row[0] for row in cursor.fetchall()]


def test_an_operation_that_does_not_add_up_is_counted(counter: Counter) -> None:
    """No path leads there: half of a transfer is taken out of the table."""
    lived(counter)
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from earning_movement where tenant_id = %s and kind = 'received'", [counter.tenant.id])
    with reading(counter.tenant.id):
        found = queries.trial_balance(datetime.now(UTC))
        assert (found.unbalanced, found.sum) == (1, -25)
        assert queries.trial_balance(START + 3 * DAY).unbalanced == 0


def test_who_may_see_the_books_gets_the_trial_balance_over_http_and_in_the_administration(
    api: ApiClient, api_as: Callable[..., ApiClient], admin_site: Any, make_user: Callable[..., User], shops: Shops, tenant: Tenant
) -> None:
    recorded(api, shops.sale())
    answer = api_as(user=make_user(tenant, "reporter")).get(TRIAL).json()
    assert answer["closing"] == {"member": 12, "issuer": -12, "redemption": 0, "breakage": 0}
    assert answer["moved"] == [{"kind": "earned", "movements": 1, "books": answer["closing"], "sum": 0}]
    assert (answer["sum"], answer["unbalanced"], answer["since"]) == (0, 0, None)
    long_ago = api.get(TRIAL, {"as_of": "2020-01-01T00:00:00Z"}).json()
    assert (long_ago["moved"], long_ago["sum"]) == ([], 0)
    refused = api.get(TRIAL, {"as_of": "2020-01-01T00:00:00Z", "since": "2020-01-02T00:00:00Z"})
    assert (refused.status_code, refused.json()["code"]) == (422, "earning.period_backwards")
    assert refused.json()["errors"][0]["pointer"] == "/since"
    assert api.get(TRIAL, {"wallet": "nowhere"}).status_code in {404, 422}
    assert api_as(user=make_user(tenant, "seller")).get(TRIAL).status_code == 403
    where = "/admin/earning/account/trial-balance/"
    page = admin_site.get(where, {"since": "2020-01-01"}).content.decode()
    for part in ("Trial balance", "Every operation adds up to zero.", "Before ", "−12", ">12<"):
        assert part in page, part
    wrong = admin_site.get(where, {"since": "2999-01-01", "as_of": "soon"}).content.decode()
    assert (wrong.count('aria-invalid="true"'), 'id="books"' in wrong) == (2, False)
    assert visitor(tenant, make_user(tenant, "support")).get(where).status_code == 403


@pytest.fixture
def crowded(tenant: Tenant, other_tenant: Tenant) -> Iterator[Tenant]:
    """A tenant with 4,000 movements beside one with 20,000. The rows stand on no events, so they go again."""
    with connections["owner"].cursor() as cursor:
        for one, count in ((tenant, 4_000), (other_tenant, 20_000)):
            cursor.execute(ACCOUNTS, [one.id])
            cursor.execute(MOVEMENTS, [-100_000 * one.id, one.id, count, one.id])
        cursor.execute("vacuum analyze earning_account, earning_movement")
        try:
            yield tenant
        finally:
            for table in ("earning_movement", "earning_account"):
                cursor.execute(f"delete from {table} where tenant_id = any (%s)", [[tenant.id, other_tenant.id]])
            cursor.execute("vacuum analyze earning_account, earning_movement")


def test_the_books_of_all_accounts_come_out_of_an_index(crowded: Tenant) -> None:
    with reading(crowded.id), CaptureQueriesContext(connection) as seen:
        found = queries.trial_balance(datetime.now(UTC) - 30 * DAY)
    assert found.closing["member"] == 5 * (4_000 - 30 * 24 + 1)
    (query,) = [query["sql"] for query in seen.captured_queries if "earning_movement" in query["sql"]]
    with reading(crowded.id), connection.cursor() as cursor:
        cursor.execute("explain (costs off) " + query)
        said = "\n".join(row[0] for row in cursor.fetchall())
    assert said.count("on earning_movement") == 1, said
    assert "Seq Scan on earning_movement" not in said, said
    conditions = [line for line in said.splitlines() if "Index Cond" in line]
    assert conditions, said
    assert all("tenant_id" in line for line in conditions), said

"""What nobody may do to the log, whoever they are."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connections, transaction

from loyalty.eventstore import store
from loyalty.eventstore.models import Event
from loyalty.eventstore.partitions import add_partitions
from loyalty.tenancy import reading
from tests.eventstore.facts import Counted, PersonMet, commit, counted

TABLES = ("event", "stream", "command", "subject_key")
CHANGES = {
    "update": "update event.{table} set tenant_id = tenant_id",
    "delete": "delete from event.{table}",
    "truncate": "truncate event.{table}",
    "insert": "insert into event.{table} select * from event.{table} limit 0",
}


@pytest.fixture
def stream(tenant) -> UUID:
    made = uuid4()
    with reading(tenant.id):
        store.append({made: 0}, [commit((made, Counted(number=1)), (made, PersonMet(person_id=made, name="Ngọc")))])
    return made


@pytest.fixture
def as_owner(stream: UUID) -> Iterator[None]:
    """A transaction of the owner, who bypasses policies; undone in the end."""
    with transaction.atomic(using="owner"):
        yield
        transaction.set_rollback(True, using="owner")


def execute(sql: str, params: tuple[object, ...] = (), alias: str = "default") -> list[tuple[object, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def test_a_tenant_sees_only_its_own(tenant, other_tenant, stream: UUID) -> None:
    with reading(tenant.id):
        assert Event.objects.count() == 2
        assert [len(execute(f"select * from event.{t}")) for t in TABLES] == [2, 1, 1, 1]
    with reading(other_tenant.id):
        assert Event.objects.count() == 0
        assert [len(execute(f"select * from event.{t}")) for t in TABLES] == [0, 0, 0, 0]
        assert store.load(stream) == []
        assert execute(*store.lock_heads_query([stream])) == []


@pytest.mark.parametrize("table", TABLES)
def test_without_a_tenant_nothing_is_answered(table: str, stream: UUID) -> None:
    with pytest.raises(DatabaseError, match=r"loyalty\.tenant|invalid input syntax for type integer"):
        execute(f"select * from event.{table}")


def test_without_a_tenant_nothing_is_appended() -> None:
    made = uuid4()
    with pytest.raises(DatabaseError, match=r"loyalty\.tenant|invalid input syntax for type integer"), transaction.atomic():
        store.append({made: 0}, [counted(made, [1])])


def test_the_tenant_of_an_event_is_that_of_the_transaction(other_tenant) -> None:
    made = uuid4()
    with reading(other_tenant.id):
        assert store.append({made: 0}, [counted(made, [1])])[0].tenant_id == other_tenant.id


@pytest.mark.parametrize("alias", ["default", "projector"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("table", [*TABLES, "anchor"])
def test_serving_roles_have_no_right_to_change(tenant, stream: UUID, table: str, change: str, alias: str) -> None:
    sql = CHANGES[change].format(table=table)
    if table == "anchor":
        sql = sql.replace("tenant_id = tenant_id", "events = events").replace(
            "event.anchor select", "event.anchor overriding system value select"
        )
    with pytest.raises(DatabaseError, match="permission denied"), reading(tenant.id, using=alias):
        execute(sql, alias=alias)


@pytest.mark.parametrize("table", ["event", "command", "anchor"])
def test_even_the_owner_may_not_update(as_owner: None, table: str) -> None:
    execute("select event.add_anchor()", alias="owner")
    column = "events" if table == "anchor" else "tenant_id"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using="owner"):
        execute(f"update event.{table} set {column} = {column}", alias="owner")


@pytest.mark.parametrize("table", [*TABLES, "anchor"])
@pytest.mark.parametrize("change", ["delete", "truncate"])
def test_even_the_owner_may_not_delete(as_owner: None, table: str, change: str) -> None:
    execute("select event.add_anchor()", alias="owner")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using="owner"):
        execute(CHANGES[change].format(table=table), alias="owner")


@pytest.mark.parametrize("change", ["update", "delete", "truncate"])
def test_a_partition_named_directly_is_as_closed(as_owner: None, change: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using="owner"):
        execute(CHANGES[change].format(table="event_p00000"), alias="owner")


def test_partitions_have_no_grants_but_policies(tenant, stream: UUID) -> None:
    parts = execute("select inhrelid::regclass::text from pg_inherits where inhparent = 'event.event'::regclass", alias="owner")
    assert len(parts) >= 3
    for (part,) in parts:
        with pytest.raises(DatabaseError, match="permission denied"), reading(tenant.id):
            execute(f"select * from {part}")
        fenced = execute("select relrowsecurity and relforcerowsecurity from pg_class where oid = %s::regclass", (part,), "owner")
        policies = execute("select count(*) from pg_policy where polrelid = %s::regclass", (part,), "owner")
        assert (fenced, policies) == ([(True,)], [(2,)])


def test_a_destroyed_key_cannot_be_given_back_even_by_the_owner(tenant, stream: UUID) -> None:
    with reading(tenant.id):
        execute("select event.destroy_key(%s)", (stream,))
    with pytest.raises(DatabaseError, match="destroyed"), transaction.atomic(using="owner"):
        execute("update event.subject_key set wrapped_key = 'x', destroyed_at = null where subject_id = %s", (stream,), "owner")


def test_partitions_are_made_ahead_and_only_once() -> None:
    with transaction.atomic():
        assert add_partitions(3) == 1
        assert add_partitions(3) == 0
        transaction.set_rollback(True)


def test_no_function_of_the_schema_is_open_to_everybody() -> None:
    everybody = execute(
        "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname = 'event' and has_function_privilege('public', p.oid, 'execute')",
        alias="owner",
    )
    assert everybody == []


def test_functions_with_the_owners_rights_have_a_fixed_search_path() -> None:
    loose = execute(
        "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'event' and p.prosecdef"
        " and not coalesce(p.proconfig @> array['search_path=pg_catalog, pg_temp'], false)",
        alias="owner",
    )
    assert loose == []


def test_the_models_write_nothing(tenant, stream: UUID) -> None:
    with reading(tenant.id):
        event = Event.objects.order_by("version").first()
        assert event is not None
        assert event.payload == {"number": 1, "note": ""}
        with pytest.raises(TypeError):
            event.save()
        with pytest.raises(TypeError):
            event.delete()

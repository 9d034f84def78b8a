"""What the database itself must hold: every table fenced by tenant, every unique index led by it, no relation across contexts."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connections, models, transaction

from loyalty.tenancy import reading

CONTEXTS = {"customers", "earning", "rewards", "omnichannel", "support", "pos"}
WITHOUT_TENANT = {
    "tenancy_tenant": "names whose data there is; read before a tenant is known",
    "projections_checkpoint": "positions of the log; no tenant's data",
    "projections_blocked": "operators see all tenants; names no person and no value",
    "django_session": "keyed by a secret; holds a staff id that the tenant's policy then checks",
    "django_migrations": "schema history",
    "django_content_type": "names of models",
    "django_admin_log": "never written: the history of an object is its stream",
    "auth_permission": "names of permissions",
    "auth_group": "not used: roles are of a tenant",
    "auth_group_permissions": "not used: roles are of a tenant",
}
BEAT = "django_celery_beat_"
TABLES = """select n.nspname || '.' || c.relname, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relkind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'event') and c.relkind in ('r', 'p', 'v', 'm') and not exists
      (select from pg_depend d where d.objid = c.oid and d.deptype = 'e') order by 1"""


def rows(sql: str, alias: str = "owner") -> list[tuple[object, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def exempt(table: str) -> bool:
    return table in WITHOUT_TENANT or table.startswith(BEAT)


def test_every_table_and_partition_is_fenced_by_tenant() -> None:
    open_tables = [
        full for full, name, enabled, forced, kind in rows(TABLES) if kind in "rp" and not exempt(str(name)) and not (enabled and forced)
    ]
    assert open_tables == []


POLICIES = """select schemaname || '.' || tablename, cmd, roles::text[], qual, with_check from pg_policies
    where schemaname in ('public', 'event')"""
OWN_ROWS = "(tenant_id = ( SELECT (current_setting('loyalty.tenant'::text))::integer AS current_setting))"


def test_every_fence_lets_through_the_tenants_own_rows_alone() -> None:
    """To read and to write; the projector's reading of the log is the one exception."""
    found = rows(POLICIES)
    log = {f"event.{table}" for table in ("event", "stream", "command", "subject_key", "anchor")}
    odd = [
        policy
        for policy in found
        if policy[1:] != ("ALL", ["public"], OWN_ROWS, OWN_ROWS)
        and not (policy[1:] == ("SELECT", ["loyalty_projector"], "true", None) and (policy[0] in log or is_partition(str(policy[0]))))
    ]
    assert odd == []
    fenced = {str(full) for full, name, enabled, _, kind in rows(TABLES) if kind in "rp" and enabled}
    assert fenced - {table for table, command, *_ in found if command == "ALL"} == {"event.anchor"}, (
        "anchors have no tenant: nobody else reads them"
    )


def test_every_exemption_still_exists() -> None:
    names = {str(r[1]) for r in rows(TABLES)}
    assert set(WITHOUT_TENANT) - names == set()


VIEWS_OF_THEIR_OWNER = """
    select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where nspname in ('public', 'event') and relkind = 'v' and not coalesce('security_invoker=true' = any(reloptions), false)
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')"""


def test_views_run_with_the_rights_of_the_reader() -> None:
    assert rows(VIEWS_OF_THEIR_OWNER) == []
    assert [r for r in rows(TABLES) if r[4] == "m"] == []


def test_a_query_without_a_tenant_fails() -> None:
    fenced = [str(full) for full, name, enabled, _, kind in rows(TABLES) if enabled and kind in "rp" and not is_partition(str(full))]
    assert len(fenced) > 10
    for table in fenced:
        with pytest.raises(Exception, match=r"loyalty\.tenant|invalid input syntax for type integer|permission denied"):
            look_into(table)


def look_into(table: str) -> None:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        # A scan through an empty table never comes to its policy.
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"select * from {table} limit 1")


def is_partition(table: str) -> bool:
    return bool(rows(f"select 1 from pg_inherits where inhrelid = '{table}'::regclass"))


def test_every_unique_index_of_a_tenants_table_leads_with_the_tenant() -> None:
    found = rows("""select c.relname, i.indexrelid::regclass::text, a.attname, t.typname, i.indnkeyatts from pg_index i
        join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] join pg_type t on t.oid = a.atttypid
        where n.nspname in ('public', 'event') and i.indisunique""")
    leading = [
        (table, index)
        for table, index, column, kind, width in found
        if not exempt(str(table)) and column != "tenant_id" and not (width == 1 and (kind == "uuid" or column in {"id", "position"}))
    ]
    assert leading == [], "a unique index over anything but an id tells one tenant about another's values"


def test_no_relation_crosses_contexts() -> None:
    crossing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField | models.OneToOneField)
        and model._meta.app_label in CONTEXTS
        and field.related_model is not None
        and field.related_model._meta.app_label != model._meta.app_label
    ]
    assert crossing == []


def test_no_foreign_key_crosses_contexts() -> None:
    """Those of the database, which migrations may make by hand."""
    keys = rows("select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f'")
    assert len(keys) > 3
    owners = [(str(one).split("_")[0], str(other).split("_")[0]) for one, other in keys]
    assert [pair for pair in owners if CONTEXTS & {*pair} and pair[0] != pair[1]] == []


def test_models_and_migrations_agree() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_serving_roles_may_serve_and_the_owner_may_not() -> None:
    from loyalty.tenancy.checks import role_problems

    assert role_problems("default") == []
    assert role_problems("projector") == []
    assert role_problems("owner") != []


def test_a_connection_comes_back_without_a_tenant(tenant) -> None:
    with reading(tenant.id):
        assert rows("select current_setting('loyalty.tenant')", "default") == [(str(tenant.id),)]
    assert rows("select current_setting('loyalty.tenant', true)", "default")[0][0] in ("", None)

"""Row-level security as every tenant table has it."""

from __future__ import annotations

from django.db import migrations

TENANT = "(select current_setting('loyalty.tenant')::int)"
"""Fails loudly without a tenant; the sub-select is evaluated once for each statement, not for each row."""


def enable_sql(table: str) -> str:
    """Enable and force the tenant policy on `table` (a trusted name)."""
    return f"""
    alter table {table} enable row level security;
    alter table {table} force row level security;
    create policy tenant_only on {table} using (tenant_id = {TENANT}) with check (tenant_id = {TENANT});
    """


def enable_rls(*tables: str) -> migrations.RunSQL:
    """Migration operation: forced row-level security on each of `tables`."""
    return migrations.RunSQL(
        sql="".join(enable_sql(t) for t in tables),
        reverse_sql="".join(
            f"drop policy tenant_only on {t}; alter table {t} no force row level security; alter table {t} disable row level security;"
            for t in tables
        ),
    )


def lead_with_tenant(*tables: str) -> migrations.RunSQL:
    """Migration operation: (tenant_id, id) becomes the primary key of each of `tables`; Django still reads `id` as theirs.

    For models with a UUID `id` that no database constraint of Django's refers to: their administration needs one key,
    but a unique index must not tell one tenant about another's values.
    """
    key = "alter table {0} drop constraint {0}_pkey; alter table {0} add primary key ({1});"
    return migrations.RunSQL(
        sql="".join(key.format(t, "tenant_id, id") for t in tables), reverse_sql="".join(key.format(t, "id") for t in tables)
    )

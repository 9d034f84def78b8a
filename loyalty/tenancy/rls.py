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
        reverse_sql="".join(f"drop policy tenant_only on {t}; alter table {t} no force row level security; alter table {t} disable row level security;" for t in tables),
    )

"""Where it is measured: databases of its own on the durable server, made from one migrated template and dropped in the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")
django.setup()

import psycopg  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from psycopg import sql  # noqa: E402

TENANT = 1
ALIASES = {"default": "DATABASE_URL", "projector": "DATABASE_PROJECTOR_URL", "owner": "DATABASE_OWNER_URL"}
TEMPLATE = "bench_eventstore_template"
COLUMNS = (
    "tenant_id int not null, stream_id uuid not null, version int not null, event_id uuid not null, name text not null,"
    " schema_version smallint not null, recorded_at timestamptz not null, payload json not null, metadata json not null,"
    " previous_hash bytea not null, hash bytea not null"
)
TABLES = f"""
    create table plain (position bigint generated always as identity primary key, {COLUMNS});
    create table plain_by_stream (like plain including identity including indexes, unique (tenant_id, stream_id, version));
    grant select, insert on plain, plain_by_stream to loyalty_app;
    create table balance (tenant_id int not null, id uuid not null, points bigint not null, primary key (tenant_id, id));
    create table balance_in_one (like balance including indexes);
    grant select, insert, update on balance, balance_in_one to loyalty_app, loyalty_projector;
"""
"""The plain tables have the columns of the log; the second one also its index, by which a stream is loaded."""


@contextmanager
def maintenance() -> Iterator[psycopg.Connection[Any]]:
    """The owner, in no database of ours."""
    with psycopg.connect(address("owner", "postgres"), autocommit=True) as connection:
        yield connection


def address(alias: str, name: str) -> str:
    """The address of the database `name` for the role of `alias`."""
    return os.environ[ALIASES[alias]].rsplit("/", 1)[0] + "/" + name


def point_to(name: str) -> None:
    """All aliases of this process mean the database `name`; `default` acts for the one tenant there is."""
    connections.close_all()
    for alias, variable in ALIASES.items():
        os.environ[variable] = address(alias, name)
        connections[alias].settings_dict["NAME"] = name
    connections["default"].settings_dict["OPTIONS"]["options"] = f"-c loyalty.tenant={TENANT}"


def create(name: str, template: str | None = None) -> None:
    connections.close_all()
    with maintenance() as connection:
        run(connection, "drop database if exists {} with (force)", name)
        run(connection, "create database {} template {}" if template else "create database {}", *filter(None, (name, template)))


def run(connection: psycopg.Connection[Any], statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def prepare() -> None:
    """The template: migrated, with the tables that stand beside the log."""
    create(TEMPLATE)
    point_to(TEMPLATE)
    call_command("migrate", verbosity=0)
    as_owner(TABLES)
    connections.close_all()


@contextmanager
def database(name: str) -> Iterator[str]:
    """A fresh copy of the template; everything means it until the end."""
    create(name, TEMPLATE)
    point_to(name)
    try:
        yield name
    finally:
        drop(name)


def drop(name: str) -> None:
    connections.close_all()
    with maintenance() as connection:
        run(connection, "drop database if exists {} with (force)", name)


def as_owner(statements: str) -> list[tuple[Any, ...]]:
    """Run statements as the owner; the rows of the last one."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statements)
        return cursor.fetchall() if cursor.description else []


def settle() -> None:
    """Fresh statistics and clean pages, so that the server does not make them in the middle of a measurement."""
    as_owner("vacuum analyze")


def durability() -> str:
    """What the server promises; raises SystemExit when it promises less than everything."""
    rows = as_owner("select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes') order by 1")
    if any(setting != "on" for _, setting in rows):
        raise SystemExit(f"The server is not durable ({dict(rows)}): start it by `python -m loyalty.embedded run --durable`.")
    version = as_owner("show server_version")[0][0]
    return f"PostgreSQL {version}, {', '.join(f'{name} {setting}' for name, setting in rows)}"

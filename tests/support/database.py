"""The test database: the owner migrates a template once for each state of the migrations, every worker copies it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
ALIASES = {"default": "DATABASE_URL", "projector": "DATABASE_PROJECTOR_URL", "owner": "DATABASE_OWNER_URL"}
MAKING = 8_150_327  # advisory locks: one process makes the template; one run uses a database
IN_USE = 8_150_328
KEPT = 8
LOGS = count(1)
TENANTS_OF_A_LOG = 1_000_000
OLDER = "select datname from pg_database where datname like 'test\\_template\\_%%' order by oid desc offset %s"


def fingerprint() -> str:
    """Changes whenever a migration, or SQL that a migration runs, changes."""
    parts = sorted(p for pattern in ("*/migrations/**/*.*", "*/sql/**/*.sql") for p in ROOT.glob(f"loyalty/{pattern}"))
    parts += sorted(
        p for context in ("customers", "earning", "rewards", "omnichannel", "support", "pos") for p in ROOT.glob(f"{context}/**/*.sql")
    )
    parts += sorted(
        p
        for context in ("customers", "earning", "rewards", "omnichannel", "support", "pos")
        for p in ROOT.glob(f"{context}/migrations/*.py")
    )
    parts += [ROOT / "loyalty/tenancy/rls.py", ROOT / "loyalty/tenancy/management/commands/migrate.py", *ROOT.glob("loyalty/settings.py")]
    digest = sha256()
    for part in parts:
        if part.is_file() and part.suffix in {".py", ".sql"}:
            digest.update(part.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def maintenance() -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection to a database that always exists; its locks last as long as it does."""
    owner = settings.DATABASES["owner"]
    with psycopg.connect(
        host=owner["HOST"], port=owner["PORT"], user=owner["USER"], password=owner["PASSWORD"], dbname="postgres", autocommit=True
    ) as connection:
        yield connection


def exists(connection: psycopg.Connection[Any], name: str) -> bool:
    return connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


def run(connection: psycopg.Connection[Any], statement: str, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def point_to(name: str) -> None:
    """All aliases of this process, and the environment of those it starts, mean the database `name`."""
    for alias, variable in ALIASES.items():
        connections[alias].close()
        settings.DATABASES[alias]["NAME"] = name
        connections[alias].settings_dict["NAME"] = name
        os.environ[variable] = os.environ[variable].rsplit("/", 1)[0] + "/" + name


@contextmanager
def template(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """The migrated template for the present migrations, there as long as it is needed; made by whoever comes first.

    The newest few stay: checkouts that share a server, and branches of one, need not migrate in turns.
    """
    name = f"test_template_{fingerprint()}"
    connection.execute("select pg_advisory_lock(%s)", [MAKING])
    try:
        if not exists(connection, name):
            for (old,) in connection.execute(OLDER, [KEPT - 1]).fetchall():
                run(connection, "drop database if exists {} with (force)", old)
            run(connection, "drop database if exists {} with (force)", f"{name}_draft")
            migrate(connection, f"{name}_draft")
            run(connection, "alter database {} rename to {}", f"{name}_draft", name)
        yield name
    finally:
        connection.execute("select pg_advisory_unlock(%s)", [MAKING])


def migrate(connection: psycopg.Connection[Any], name: str) -> None:
    run(connection, "create database {}", name)
    point_to(name)
    call_command("migrate", verbosity=0)
    connections.close_all()


def claim(connection: psycopg.Connection[Any], wanted: str) -> str:
    """`wanted`, or the next name that no other running session holds."""
    for name in [wanted, *(f"{wanted}_{i}" for i in range(2, 50))]:
        locked = connection.execute("select pg_try_advisory_lock(%s, hashtext(%s))", [IN_USE, name]).fetchone()
        if locked and locked[0]:
            return name
    raise RuntimeError(f"no free name like {wanted}")


@contextmanager
def log_of_its_own() -> Iterator[str]:
    """Inside, all aliases and the environment mean a fresh database: its log holds nothing of the tests before.

    Tenants get numbers that no other database of this process gives, for what is remembered by tenant. It stays until the
    worker ends: file systems search long for room for new files where hundreds were removed a moment ago.
    """
    kept = settings.DATABASES["default"]["NAME"]
    number = next(LOGS)
    with maintenance() as connection:
        name = f"{kept}_log_{number}"
        with template(connection) as source:
            run(connection, "create database {} template {}", name, source)
        point_to(name)
        try:
            with connections["owner"].cursor() as cursor:
                cursor.execute("select setval(pg_get_serial_sequence('tenancy_tenant', 'id'), %s)", [number * TENANTS_OF_A_LOG])
            yield name
        finally:
            connections.close_all()
            point_to(kept)


def drop_logs(connection: psycopg.Connection[Any], of: str) -> None:
    """Remove what `log_of_its_own` made beside the database `of`, in this run or in one that was killed."""
    for (log,) in connection.execute("select datname from pg_database where starts_with(datname, %s)", [f"{of}_log_"]).fetchall():
        run(connection, "drop database if exists {} with (force)", log)


@contextmanager
def database(worker: str, *, reuse: bool) -> Iterator[str]:
    """A migrated database of this worker's own, dropped at the end unless it shall be used again."""
    with maintenance() as connection:
        name = claim(connection, f"{os.environ.get('TEST_DATABASE', 'test_loyalty')}_{worker}")
        drop_logs(connection, name)
        if not (reuse and exists(connection, name)):
            with template(connection) as source:
                run(connection, "drop database if exists {} with (force)", name)
                run(connection, "create database {} template {}", name, source)
        point_to(name)
        try:
            yield name
        finally:
            connections.close_all()
            drop_logs(connection, name)
            if not reuse:
                run(connection, "drop database if exists {} with (force)", name)

"""Start-up refuses a role that row-level security does not hold, and keys that are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from loyalty.eventstore.keyring import lookup_keys, master_keys

ROLE = """select current_user, rolsuper, rolbypassrls,
    exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('public', 'event') and c.relkind in ('r', 'p') and pg_has_role(current_user, c.relowner, 'usage'))
    from pg_roles where rolname = current_user"""


def role_problems(alias: str) -> list[str]:
    """Why the role behind `alias` may not serve; empty when it may."""
    with connections[alias].cursor() as cursor:
        cursor.execute(ROLE)
        name, superuser, bypasses, owns = cursor.fetchone()
    said = {"is a superuser": superuser, "bypasses row-level security": bypasses, "owns tables": owns}
    return [f"The role {name} ({alias}) {what}: it must not serve." for what, true in said.items() if true]


def key_problems() -> list[str]:
    """What is wrong with the secret keys; empty when they can be used."""
    problems = []
    for keys in (master_keys, lookup_keys):
        try:
            keys()
        except ImproperlyConfigured as problem:
            problems.append(str(problem))
    return problems


def refuse_unsafe_start(*aliases: str) -> None:
    """For the start of a server. Raises ImproperlyConfigured when a role could see past row-level security or a key is none."""
    if problems := [p for alias in aliases for p in role_problems(alias)] + key_problems():
        raise ImproperlyConfigured(" ".join(problems))


@register(Tags.security)
def keys_are_keys(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """System check `loyalty.E002`."""
    return [Error(problem, id="loyalty.E002") for problem in key_problems()]


@register(Tags.database)
def serving_roles_are_held(
    app_configs: Sequence[Any] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """System check `loyalty.E001`, run by `check --database default --database projector` and at the start of servers."""
    aliases = [a for a in ("default", "projector") if a in (databases or [])]
    return [Error(problem, id="loyalty.E001") for a in aliases for problem in role_problems(a)]

"""Contexts meet at their public faces, and the domain is plain Python: whatever modules they come to have."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTEXTS = ("customers", "earning", "rewards", "omnichannel", "support", "pos")
FACE = {"commands", "events", "queries"}
SHARED = {
    "customers.permissions": "names of rights, which pages of others ask for",
    "earning.permissions": "names of rights, which pages of others ask for",
    "rewards.permissions": "names of rights, which pages of others ask for",
    "rewards.consent": "that a customer agrees to spend their points, which is asked at the till too",
    "rewards.guesses": "codes of coupons that are typed, and counted before they are looked at: at the till and on customers' pages too",
    "customers.codes": "codes that are sent to phones, and counted before they are compared: at the till too",
    "customers.phones": "which country's numbers are typed without its code",
    "earning.entry": "the form of a purchase by hand, which is one for the administration and the till",
    "earning.wording": "what a line of a document is called",
    "earning.versions": "what was recorded and what is given, side by side, for the till",
}
"""Module beyond a face that others import → why."""
PURE = {"domain", "events", "commands"}


def imported(source: str) -> Iterator[str]:
    """The modules that a file imports, wherever in it; "a.b" for «from a import b»."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from (f"{module}.{name.name}" for name in names)


def trespasses(path: Path, source: str) -> list[str]:
    """What a file of one context imports of another's private modules."""
    private = []
    for name in imported(source):
        context, module, *_ = [*name.split("."), ""]
        if context in CONTEXTS and context != path.parts[0] and module not in FACE and f"{context}.{module}" not in SHARED:
            private.append(name)
    return private


def impurities(path: Path, source: str) -> list[str]:
    """What a file of a domain, or of the orders and facts that it speaks in, imports beyond Python and its own kind."""
    own = [f"{name}." for name in ("loyalty.domain", *(f"{path.parts[0]}.{part}" for part in PURE))]
    return [n for n in imported(source) if n.split(".")[0] not in sys.stdlib_module_names and not f"{n}.".startswith(tuple(own))]


def files(*packages: str) -> list[Path]:
    return [p.relative_to(ROOT) for package in packages for p in sorted((ROOT / package).rglob("*.py"))]


def test_contexts_meet_at_commands_events_and_queries() -> None:
    found = {str(path): trespasses(path, (ROOT / path).read_text()) for path in files(*CONTEXTS)}
    assert {path: names for path, names in found.items() if names} == {}


def test_every_exception_is_used() -> None:
    names = {
        ".".join(n.split(".")[:2])
        for path in files(*CONTEXTS)
        for n in imported((ROOT / path).read_text())
        if path.parts[0] != n.split(".")[0]
    }
    assert set(SHARED) - names == set()


def test_the_domain_is_plain_python() -> None:
    pure = [
        path
        for path in files("loyalty", *CONTEXTS)
        if PURE & {*path.parts[1:-1], path.stem} and path.parts[1] in {*PURE, *(f"{p}.py" for p in PURE)}
    ]
    assert len(pure) > 50
    found = {str(path): impurities(path, (ROOT / path).read_text()) for path in pure}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "import customers.sealing",
        "from customers import models",
        "from customers.queries import search\nfrom customers.guards import hold",
        "def late():\n    from omnichannel.processes import write",
    ],
)
def test_a_planted_trespass_is_found(planted: str) -> None:
    assert trespasses(Path("earning/planted.py"), planted)


@pytest.mark.parametrize(
    "planted", ["import django.db", "from loyalty import bus", "import loyalty.lookup", "from customers.queries import search"]
)
def test_a_planted_impurity_is_found(planted: str) -> None:
    assert impurities(Path("earning/domain/planted.py"), planted)

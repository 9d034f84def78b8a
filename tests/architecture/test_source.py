"""Rules of the road that a look at the source can hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("loyalty", "customers", "earning", "rewards", "omnichannel", "support", "pos")
SOURCES = [p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py")) if "migrations" not in p.parts]
FORBIDDEN_NAMES = {"utils", "manager", "service", "helper", "helpers", "services", "managers", "data", "info"}


def test_files_stay_within_300_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in SOURCES if (n := len(p.read_text().splitlines())) > 300}
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(p) for p in SOURCES if p.stem in FORBIDDEN_NAMES] == []


def test_only_the_event_store_names_the_event_tables() -> None:
    tables = re.compile(r"\bevent\.(event|stream|command|subject_key|anchor)\b")
    outside = [str(p.relative_to(ROOT)) for p in SOURCES if "eventstore" not in p.parts and tables.search(p.read_text())]
    assert outside == []


def test_the_admin_site_never_saves_a_model() -> None:
    writes = re.compile(r"def (save_model|delete_model|save_formset|delete_queryset)\b")
    assert [str(p) for p in SOURCES if "admin" in str(p) and writes.search(p.read_text())] == []


def test_a_persons_key_is_destroyed_only_where_the_contexts_forget_them() -> None:
    destroying = [str(p.relative_to(ROOT)) for p in SOURCES if re.search(r"SubjectKeys\(.*\)\.destroy\(", p.read_text())]
    assert destroying == ["loyalty/erasure.py"]


def test_domain_and_projections_never_ask_the_clock() -> None:
    clock = re.compile(r"datetime\.now\(|timezone\.now\(|\btime\.time\(|utcnow\(")
    pure = [p for p in SOURCES if {"domain", "handlers", "projections"} & {*p.parts[:-1], p.stem}]
    asking = [str(p.relative_to(ROOT)) for p in pure if clock.search(p.read_text()) and p != ROOT / "loyalty/domain/identity.py"]
    assert asking == []


@pytest.mark.parametrize("place", [ROOT, Path.home()])
def test_no_file_names_a_path_of_one_machine(place: Path) -> None:
    tracked = [*SOURCES, *sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    assert [str(p) for p in tracked if f"{place}/" in p.read_text()] == []

"""The fences between contexts: they hold, and each one catches a planted violation."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("loyalty", "customers", "earning", "rewards", "omnichannel", "support", "pos")
VIOLATIONS = {
    "The domain is pure": ("earning/domain/planted.py", "import django.db\n"),
    "The kernel imports no context": ("loyalty/planted.py", "import earning.commands\n"),
    "Other contexts meet customers at its commands, events and queries": ("earning/planted.py", "import customers.models\n"),
    "Other contexts meet earning at its commands, events and queries": ("pos/planted.py", "import earning.domain\n"),
    "Other contexts meet pos at its commands, events and queries": ("customers/planted.py", "import pos.models\n"),
    "Other contexts meet rewards at its commands, events and queries": ("pos/planted.py", "import rewards.models\n"),
    "Points move in the transaction of another context only for rewards and merges": (
        "customers/handlers/planted.py",
        "import earning.commands\n",
    ),
    "Only the store speaks to the event tables": ("earning/planted.py", "import loyalty.eventstore.models\n"),
}


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(tool), "--no-cache"], cwd=root, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(root), "PATH": ""}
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_every_contract_holds(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Contracts: {len(VIOLATIONS)} kept, 0 broken." in done.stdout


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_each_contract_catches_a_planted_violation(house: Path, contract: str) -> None:
    path, code = VIOLATIONS[contract]
    planted = house / path
    planted.write_text(code)
    try:
        done = lint(house)
    finally:
        planted.unlink()
    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout

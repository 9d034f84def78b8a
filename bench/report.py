"""What was measured, as text: each benchmark writes `results/<name>.md`, and the README is put together from them.

python -m bench.report      put bench/README.md together again
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results"
NAMES = {
    "http_purchase": "A purchase over HTTP, through everything",
    "eventstore": "Append and read the log",
    "purchase_bulk": "Purchases through the domain in batches",
    "import_purchases": "Import of two years of purchases",
    "import_customers": "Import of customers",
    "search": "Finding a customer",
    "rules": "Many rules and one purchase",
    "account": "A purchase of a customer with a long history",
    "segments": "A night of dynamic segments",
    "rewards_quote": "What could be had for a basket",
    "code_batches": "Codes for a reward",
}
"""Every benchmark, in the order of the README."""


def write(name: str, text: str, part: str = "") -> None:
    """Keep what the benchmark `name` measured (Markdown without a heading), or a part of it, and put the README together again."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}{part and '-'}{part}.md").write_text(text.strip() + "\n")
    assemble()


def assemble() -> None:
    """Write bench/README.md: how to measure, and the result of every benchmark that has one."""
    known = [f"`{name}` | {title} | `make bench ARGS={name}`" for name, title in NAMES.items()]
    parts = [(FOLDER / "introduction.md").read_text().strip(), "\n".join(["| name | what | command |", "|---|---|---|", *_rows(known)])]
    for name, title in NAMES.items():
        if places := [*RESULTS.glob(f"{name}.md"), *sorted(RESULTS.glob(f"{name}-*.md"))]:
            parts.append(f"## {title}\n" + "\n\n".join(place.read_text().strip() for place in places))
    (FOLDER / "README.md").write_text("\n\n".join(parts) + "\n")


def measure(name: str, told: str | None, measured: Callable[[bool], str]) -> None:
    """The command of a benchmark: measure, quickly or as a whole, on a database that is up to date; show it, and keep it if wanted."""
    from django.core.management import call_command

    parser = argparse.ArgumentParser(description=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    text = measured(options.quick)
    print(text)
    if options.write:
        write(name, text)


def machine() -> str:
    """One line about where it was measured."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}."


def table(head: str, rows: list[str]) -> str:
    """A Markdown table: cells are separated by `|`; the first column is text, the others are numbers."""
    columns = head.count("|") + 1
    return "\n".join([f"| {head} |", "|" + "---|" + "---:|" * (columns - 1), *_rows(rows)])


def _rows(cells: list[str]) -> list[str]:
    return [f"| {row} |" for row in cells]


if __name__ == "__main__":
    assemble()

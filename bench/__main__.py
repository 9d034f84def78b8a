"""Run the benchmarks, all or those that are named, one after another, each in a process of its own.

    make bench ARGS="http_purchase search --quick"

What begins with -- goes to every one of them: --quick is a rough look, --write keeps what was measured.
"""

from __future__ import annotations

import subprocess
import sys
import time

from bench.report import NAMES


def main(arguments: list[str]) -> int:
    """The number of benchmarks that failed."""
    named = [a for a in arguments if not a.startswith("--")]
    flags = [a for a in arguments if a.startswith("--")]
    if unknown := [name for name in named if name not in NAMES]:
        print(f"No benchmark is named {', '.join(unknown)}. There are: {', '.join(NAMES)}.\n{__doc__}")
        return 2
    wanted = named or list(NAMES)
    failed = [name for number, name in enumerate(wanted, 1) if not measured(name, f"{number} of {len(wanted)}", flags)]
    if failed:
        print(f"✗ These did not end well: {', '.join(failed)}.")
    return len(failed)


def measured(name: str, place: str, flags: list[str]) -> bool:
    """Run one; False when it failed."""
    print(f"\n── {NAMES[name]} ({name}, {place})", flush=True)
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-W", "ignore", "-m", f"bench.{name}", *flags], check=False)
    print(f"{'✓' if done.returncode == 0 else '✗'} {name}, {time.monotonic() - begun:.0f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

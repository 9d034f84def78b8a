"""What the demo needs before it serves, in few processes: loading the platform takes longer than most of it.

python -m loyalty.embedded.prepare database         migrate, compile the translations
python -m loyalty.embedded.prepare world PORT FILE  fill the demo, write addresses and log-ins into a file
"""

import os
import sys
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from loyalty.embedded.progress import say, step

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty.settings")


def order(what: str, command: str, *arguments: str, shown: bool = False) -> str:
    """Run one management command. Its output is shown, or kept and returned; what failed is told."""
    from django.core.management import call_command

    kept = StringIO()
    try:
        with step(what):
            call_command(command, *arguments, stdout=sys.stdout if shown else kept)
    except Exception as error:
        say(f"Could not {what}: {error}\n{kept.getvalue()}".rstrip())
        raise
    return kept.getvalue()


def main(arguments: Sequence[str]) -> None:
    """Prepare one part."""
    with step("load the platform", after=5):
        import django

        django.setup()
    match arguments:
        case ["database"]:
            order("migrate the database", "migrate", "--no-input")
            order("compile the translations", "compile_translations")
        case ["world", port, place]:
            order("fill the demo", "seed_demo", shown=True)
            Path(place).write_text(order("read the log-ins", "demo_accounts", "--port", port))
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])

"""`manage.py compile_translations`: .po to .mo without gettext's tools, which a fresh machine has not."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Compile the catalogs of all languages; only those that changed."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        found = [po for folder in settings.LOCALE_PATHS for po in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))]
        done = [po for po in found if compiled(po)]
        if options["verbosity"] > 0:
            self.stdout.write(f"{len(found)} catalogs, {len(done)} compiled")


def compiled(po: Path) -> bool:
    """Compile one catalog unless its .mo is newer; several processes may. Raises CommandError naming the file that cannot be read."""
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
        return False
    try:
        with po.open("rb") as source:
            catalog = read_po(source, locale=po.parent.parent.name, domain=po.stem, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as broken:
        raise CommandError(f"{po}: {broken}") from broken
    draft = mo.with_suffix(f".{os.getpid()}.draft")
    with draft.open("wb") as target:
        write_mo(target, catalog)
    draft.replace(mo)
    return True

"""One stylesheet out of many small ones, so that a page waits for one request: `house/house.css`.

The parts stay apart on disk, one for each component. Where the server finds static files in the source tree, the whole
is put together whenever a part is newer; `collectstatic` takes it along like any other file.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "house/house.css"
LAYERS = "@layer tokens, base, components, pages;\n"


def source() -> Path:
    return Path(settings.BASE_DIR) / "templates" / "static" / "house"


def parts() -> list[tuple[str, Path]]:
    """Each part with its layer, in the order in which they are put together; fonts belong to no layer."""
    folder = source()
    components = sorted((folder / "components").glob("*.css"))
    return [("", folder / "fonts.css"), ("tokens", folder / "tokens.css"), ("base", folder / "base.css")] + [
        ("components", part) for part in components
    ]


def whole() -> str:
    """The text of the stylesheet. Addresses in the parts are relative to the `house` folder, as is the whole."""
    texts = ((layer, part.read_text(encoding="utf-8")) for layer, part in parts())
    return LAYERS + "\n".join(f"@layer {layer} {{\n{text}}}\n" if layer else text for layer, text in texts)


def put_together(folder: Path) -> Path:
    """Writes the whole under `folder` if a part is newer. Several processes may do so at once."""
    target = folder / NAME
    newest = max(part.stat().st_mtime_ns for _, part in parts())
    if target.exists() and target.stat().st_mtime_ns > newest and target.read_text(encoding="utf-8").startswith(LAYERS):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(whole())
    Path(name).chmod(0o644)
    Path(name).replace(target)
    return target


class HouseStylesheetFinder(BaseFinder):
    """A static files finder that answers for `house/house.css` only."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.folder = Path(settings.BASE_DIR) / ".local" / "static"
        self.storage = FileSystemStorage(location=self.folder)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != NAME:
            return []
        found = str(put_together(self.folder))
        return [found] if find_all or kwargs.get("all") else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[Any]:
        put_together(self.folder)
        yield NAME, self.storage

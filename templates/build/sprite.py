"""Makes the icon sprite from a folder of Lucide icons: `python templates/build/sprite.py FOLDER`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

SPRITE = Path(__file__).resolve().parent.parent / "static" / "house" / "icons.svg"
# fmt: off
ICONS = [
    "alert-triangle", "arrow-left", "arrow-right", "award", "ban", "banknote", "bell", "building-2", "cake", "calendar", "check",
    "chevron-down", "chevron-left", "chevron-right", "chevron-up", "circle-alert", "circle-check", "circle-help", "circle-x", "clock",
    "coffee", "coins", "copy", "credit-card", "crown", "delete", "download", "ellipsis", "external-link", "eye", "eye-off",
    "file-text", "filter", "gift", "globe", "history", "id-card", "info", "keyboard", "link", "loader-circle", "lock", "log-out",
    "mail", "map-pin", "menu", "message-circle", "minus", "monitor", "moon", "package", "pause", "pencil", "phone", "play", "plus",
    "printer", "qr-code", "receipt", "refresh-cw", "scan", "scan-line", "search", "settings", "shield-check", "shopping-bag",
    "smartphone", "sparkles", "star", "store", "sun", "tag", "ticket", "trash-2", "trending-up", "undo-2", "upload", "user",
    "user-check", "user-plus", "user-x", "users", "wallet", "wifi-off", "wrench", "x",
]
# fmt: on
"""`circle-help` and `alert-triangle` are the former names of two icons; Lucide still ships both."""


def symbol(folder: Path, name: str) -> str:
    drawing = (folder / f"{name}.svg").read_text(encoding="utf-8")
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL)
    if shapes is None:
        raise SystemExit(f"{name}.svg is not a drawing")
    inner = re.sub(r"\s*\n\s*", "", shapes[1]).replace(" />", "/>")
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


if __name__ == "__main__":
    symbols = "\n".join(symbol(Path(sys.argv[1]), name) for name in ICONS)
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n', encoding="utf-8")

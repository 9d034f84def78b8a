"""The texts that people read, as the source holds them: found as makemessages finds them, without gettext's tools."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("loyalty", "customers", "earning", "rewards", "omnichannel", "support", "pos", "templates")
FUNCTIONS = {f"{kind}gettext{when}" for kind in ("", "n", "p", "np") for when in ("", "_lazy")} | {"gettext_noop"}
STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({STRING})(?:,\s*({STRING}))?(?:,\s*({STRING}))?", re.DOTALL)


class Text(NamedTuple):
    """One msgid; `context` and `plural` are empty where there is none."""

    context: str
    singular: str
    plural: str


def texts(function: str, strings: list[str]) -> Text | None:
    """The text behind a call with these literal strings in front; None when they are too few."""
    kind = function.removeprefix("_").partition("gettext")[0]
    wanted = 1 + ("n" in kind) + ("p" in kind)
    if len(strings) < wanted:
        return None
    context = strings.pop(0) if "p" in kind else ""
    return Text(context, strings[0], strings[1] if "n" in kind else "")


def names(tree: ast.Module) -> dict[str, str]:
    """What each imported name is in django.utils.translation, under whatever other name it came."""
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "django.utils.translation"]
    return {a.asname or a.name: a.name for n in imports for a in n.names if a.name in FUNCTIONS}


def of_python(source: str) -> Iterator[Text]:
    """Texts of a module; concatenated literals are one. A module that never says gettext has none, and is not parsed."""
    if "gettext" not in source:
        return
    tree = ast.parse(source)
    known = names(tree)
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else known.get(getattr(call.func, "id", ""), "")
        if name not in FUNCTIONS:
            continue
        strings = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if found := texts(name, strings):
            yield found


def of_template(source: str) -> Iterator[Text]:
    """Texts of a template's tags and of `_("…")` in its expressions."""
    for match in CALL.finditer(templatize(source)):
        name, *strings = match.groups()
        if found := texts(name, [ast.literal_eval(s) for s in strings if s]):
            yield found


def in_folder(folder: Path) -> dict[Text, str]:
    """Every text below `folder`, with the file where it was seen first."""
    found: dict[Text, str] = {}
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.html"), *folder.rglob("*.txt")]):
        of = of_python if path.suffix == ".py" else of_template
        for text in of(path.read_text(encoding="utf-8")):
            found.setdefault(text, str(path))
    return found


@cache
def in_source() -> dict[Text, str]:
    """Every text of the project."""
    return {text: where for name in reversed(SOURCES) for text, where in in_folder(ROOT / name).items()}

"""Every text is there in every language, whole, and with what is put into it."""

from __future__ import annotations

import ast
import re
import shutil
import unicodedata
from pathlib import Path

import polib
import pytest
from django.core.management import call_command

from tests.languages.texts import ROOT, SOURCES, Text, in_source, names, of_python, of_template

LANGUAGES = ("vi", "pl")
FORMS = {"vi": 1, "pl": 4}
OWN, VENDOR = ROOT / "locale", ROOT / "locale_vendor"
CATALOGS = [folder / language / "LC_MESSAGES" / "django.po" for folder in (OWN, VENDOR) for language in LANGUAGES]
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*[\d.]*[a-zA-Z]|%[sdif%]|\{\w*\}")
SAME = {
    "vi": {"API", "SKU", "Demo", "Email", "email", "hash", "token"},
    "pl": {"API", "SKU", "Administrator", "Demo", "Import", "Segment", "segment", "Status", "System"},
}
"""Texts that a language has in common with English."""
every_catalog = pytest.mark.parametrize("path", CATALOGS, ids=lambda p: f"{p.parts[-4]}-{p.parts[-3]}")


def language_of(path: Path) -> str:
    return path.parent.parent.name


def translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text)) - {"%%"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_in_the_catalog_and_no_other(language: str) -> None:
    catalog = polib.pofile(str(OWN / language / "LC_MESSAGES" / "django.po"))
    known = {Text(e.msgctxt or "", e.msgid, e.msgid_plural) for e in catalog if not e.obsolete}
    source = in_source()
    assert {text: where for text, where in source.items() if text not in known} == {}
    assert known - source.keys() == set()


@every_catalog
def test_nothing_is_empty_or_doubtful(path: Path) -> None:
    catalog = polib.pofile(str(path))
    assert not catalog.metadata_is_fuzzy
    assert [e.msgid for e in catalog if e.fuzzy or e.obsolete] == []
    assert [e.msgid for e in catalog if not all(t.strip() for t in translations(e))] == []


@every_catalog
def test_nothing_is_said_twice_over(path: Path) -> None:
    told = [text for e in polib.pofile(str(path)) for text in translations(e) if len(text) > 20]
    assert [text for text in told if text[: len(text) // 2].strip() == text[len(text) // 2 :].strip()] == []


@every_catalog
def test_each_plural_has_all_its_forms(path: Path) -> None:
    catalog, forms = polib.pofile(str(path)), FORMS[language_of(path)]
    assert catalog.metadata["Plural-Forms"].startswith(f"nplurals={forms};")
    assert {e.msgid: sorted(e.msgstr_plural) for e in catalog if e.msgid_plural and sorted(e.msgstr_plural) != list(range(forms))} == {}


@every_catalog
def test_what_is_put_into_a_text_is_put_into_every_form_of_it(path: Path) -> None:
    wrong = [
        (e.msgid, form)
        for e in polib.pofile(str(path))
        for form in translations(e)
        if placeholders(form) != placeholders(e.msgid_plural or e.msgid)
    ]
    assert wrong == []


@every_catalog
def test_a_text_begins_and_ends_as_the_english_one(path: Path) -> None:
    """Blanks and line ends belong to the layout; a sentence stays one."""
    uneven = [
        e.msgid
        for e in polib.pofile(str(path))
        for form in translations(e)
        if (e.msgid[:1].isspace(), e.msgid[-1:].isspace()) != (form[:1].isspace(), form[-1:].isspace())
        or (e.msgid[-1:] == ".") != (form[-1:] == ".")
    ]
    assert uneven == []


@every_catalog
def test_nothing_was_left_in_english(path: Path) -> None:
    same = {e.msgid for e in polib.pofile(str(path)) for form in translations(e) if form == e.msgid}
    assert same - SAME[language_of(path)] == set()


@every_catalog
def test_accents_are_composed(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert text.isprintable() or not re.search(r"[\u200b\ufeff\u00ad]", text)


def test_all_catalogs_compile(tmp_path: Path, settings: object) -> None:
    copies = [shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("*.mo")) for folder in (OWN, VENDOR)]
    settings.LOCALE_PATHS = copies  # type: ignore[attr-defined]
    call_command("compile_translations", verbosity=0)
    assert len(list(tmp_path.rglob("*.mo"))) == len(CATALOGS)


def test_texts_stand_under_names_that_makemessages_knows() -> None:
    modules = {p: ast.parse(p.read_text(encoding="utf-8")) for name in SOURCES for p in (ROOT / name).rglob("*.py")}
    other = {p: {alias: name for alias, name in names(tree).items() if alias not in {name, "_"}} for p, tree in modules.items()}
    assert {str(p.relative_to(ROOT)): found for p, found in other.items() if found} == {}


# -- how texts are found ------------------------------------------------------------------------


def test_a_text_is_found_under_any_name_of_gettext() -> None:
    source = """
from django.utils import translation
from django.utils.translation import gettext as now, ngettext_lazy, pgettext_lazy as named, gettext_lazy as _
_("One " "text"); now("Now"); ngettext_lazy("%(n)s day", "%(n)s days", "n"); named("rule", "Active"); translation.gettext("Far")
_(variable); other("Not a text")
"""
    assert set(of_python(source)) == {
        Text("", "One text", ""),
        Text("", "Now", ""),
        Text("", "%(n)s day", "%(n)s days"),
        Text("rule", "Active", ""),
        Text("", "Far", ""),
    }


def test_texts_of_templates_are_found_in_tags_and_expressions() -> None:
    source = (
        '{% load i18n %}{% translate "Plain" as plain %}{% translate "Open" context "shop" %}{{ name|default:_("Till") }}'
        "{% blocktranslate count n=rows %}{{ n }} row, 5 %{% plural %}{{ n }} rows{% endblocktranslate %}"
    )
    assert set(of_template(source)) == {
        Text("", "Plain", ""),
        Text("shop", "Open", ""),
        Text("", "Till", ""),
        Text("", "%(n)s row, 5 %%", "%(n)s rows"),
    }

"""One stylesheet out of many: whole, in order, and made anew when a part changes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.management import call_command

from loyalty.house import stylesheet

HOUSE = Path(__file__).resolve().parents[2] / "templates" / "static" / "house"


def test_every_part_is_in_it_and_in_its_layer() -> None:
    text = stylesheet.whole()
    assert text.startswith("@layer tokens, base, components, pages;")
    for part in (HOUSE / "components").glob("*.css"):
        assert part.read_text(encoding="utf-8") in text
    assert text.count("@layer components {") == len(list((HOUSE / "components").glob("*.css")))
    assert text.count("{") == text.count("}")


def test_static_files_include_it() -> None:
    found = finders.find("house/house.css")
    assert found is not None
    assert Path(found).read_text(encoding="utf-8") == stylesheet.whole()
    listed = [path for finder in finders.get_finders() for path, _ in finder.list([])]
    assert listed.count("house/house.css") == 1


def test_it_is_made_anew_only_when_a_part_is_newer(tmp_path: Path) -> None:
    made = stylesheet.put_together(tmp_path)
    first = made.stat().st_mtime_ns
    assert stylesheet.put_together(tmp_path).stat().st_mtime_ns == first
    os.utime(made, ns=(0, 0))
    assert stylesheet.put_together(tmp_path).stat().st_mtime_ns > first
    assert [file.name for file in made.parent.iterdir()] == ["house.css"], "nothing half-written is left"


def test_production_serves_it_under_a_name_of_its_content(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    settings.INSTALLED_APPS = ["django.contrib.staticfiles"]
    call_command("collectstatic", verbosity=0, interactive=False)
    (served,) = (tmp_path / "house").glob("house.*.css")
    for font in re.findall(r'url\("(\.\./vendor/fonts/[^"]+)"\)', served.read_text(encoding="utf-8")):
        assert re.search(r"\.[0-9a-f]{12}\.woff2$", font), font
        assert (served.parent / font).resolve().is_file(), font
    assert served.with_name(f"{served.name}.gz").is_file()


def test_every_file_that_it_names_is_there() -> None:
    for address in re.findall(r'url\("(\.\./[^"]+)"\)', stylesheet.whole()):
        assert (HOUSE / address).resolve().is_file(), address


def test_every_token_that_is_used_is_defined() -> None:
    text = stylesheet.whole() + "".join(page.read_text(encoding="utf-8") for page in HOUSE.glob("*.css"))
    assert set(re.findall(r"var\(--([\w-]+)", text)) <= set(re.findall(r"^\s*--([\w-]+):", text, re.MULTILINE))


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (HOUSE / "icons.svg").read_text(encoding="utf-8")))
    templates = HOUSE.parents[1]
    named = {
        name
        for template in templates.rglob("*.html")
        for name in re.findall(r'(?:{% icon |\bicon=)"([a-z0-9-]+)"', template.read_text(encoding="utf-8"))
    }
    assert named, "templates name icons"
    assert named <= sprite, named - sprite


def test_no_template_carries_a_style_or_a_script_of_its_own() -> None:
    for template in HOUSE.parents[1].rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", text), template.name

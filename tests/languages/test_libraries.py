"""What libraries say on our screens and in answers is said in every language too."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from django.utils import translation

from tests.languages.test_catalogs import LANGUAGES
from tests.languages.texts import Text, in_folder
from tests.languages.words import translated

LIBRARIES = {
    "unfold": ("import_export", "simple_history", "guardian", "constance", "crispy"),
    "django.contrib.admin": ("auth/user", "password_reset", "models.py"),
    "django.contrib.auth": ("admin.py", "forms.py", "models.py", "hashers.py", "management"),
    "django.core": ("management",),
    "django.forms": (),
    "django.utils": (),
    "django.contrib.humanize": ("apps.py",),
    "rest_framework": ("templates", "schemas", "authtoken", "compat"),
}
"""Packages whose texts may be read, and parts of them that no page or answer of ours uses."""
SAME = {"IPv4", "IPv6", "…", ":", ", ", ":?.!", "%(truncated_text)s…", "%(class_name)s %(instance)s", "a.m.", "p.m.", "mar"}


def texts_of(library: str) -> dict[Text, str]:
    found = find_spec(library)
    assert found
    assert found.origin
    skipped = LIBRARIES[library]
    return {text: where for text, where in in_folder(Path(found.origin).parent).items() if not any(part in where for part in skipped)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("library", LIBRARIES)
def test_the_texts_of_a_library_are_translated(library: str, language: str) -> None:
    with translation.override(language):
        left = {text: where for text, where in texts_of(library).items() if translated(text) in {text.singular, text.plural} - SAME}
    assert left == {}

"""No English on a screen that is asked for in another language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import unfold
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from earning.domain.wallets import POINTS
from tests.languages import world as worlds
from tests.languages.test_catalogs import LANGUAGES, SAME
from tests.languages.texts import in_folder, in_source
from tests.languages.words import English, pieces
from tests.languages.world import MARK, World

pytestmark = pytest.mark.long
THEME = Path(unfold.__file__).parent
GIVEN = re.compile(rf"{MARK}|@|boxes|^http:|^[A-Z0-9-]+$|^[0-9a-f-]{{36}}$|^(esc|Esc|Enter)$|••• ")
"""What people typed, addresses, links, codes, phone numbers, names of keys, and the boxes of other tests."""
ALIKE = {"vi": set(), "pl": {"Role"}}
"""What is in English too, but means something else there."""
NAMES = {name for code, name in settings.LANGUAGES} | {translation.get_language_info(code)["name_local"] for code in ("vi", "en", "pl")}
CODES = {POINTS}
"""What programs call a thing, in every language."""
in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def world(test_database: str) -> World:
    return worlds.a_world()


@pytest.fixture(scope="module")
def english() -> dict[str, English]:
    """Our texts and the theme's, as far as each language has others."""
    found = in_source() | in_folder(THEME)
    return {language: English(found, language) for language in LANGUAGES}


def said(world: World, user: Any, addresses: Iterable[str], language: str, status: int) -> Iterator[tuple[str, set[str]]]:
    client = world.visitor(user, language)
    for address in addresses:
        page = client.get(address)
        assert page.status_code == status, (address, page.status_code)
        yield address, pieces(page)


def foreign(world: World, user: Any, addresses: list[str], language: str, english: Any, status: int = 200) -> dict[str, set[str]]:
    """Pieces that do not speak the language, by address: known texts in English, and whatever is alike in English."""
    ours = dict(said(world, user, addresses, language, status))
    theirs = world.once((user, *addresses), lambda: dict(said(world, user, addresses, "en", status)))
    allowed = SAME[language] | ALIKE[language] | NAMES | CODES | world.names
    wrong = {a: ((ours[a] & theirs[a]) | english[language].left(ours[a])) - allowed for a in addresses}
    return {a: found for a, said in wrong.items() if (found := {p for p in said if not GIVEN.search(p)})}


@in_each_language
def test_the_administration_speaks_the_language(world: World, english: Any, language: str) -> None:
    assert foreign(world, world.boss, worlds.administration(world), language, english) == {}


@in_each_language
def test_an_empty_form_says_what_is_wrong_in_the_language(world: World, english: Any, language: str) -> None:
    client = world.visitor(world.boss, language)
    left = {a: english[language].left(pieces(client.post(a, {}))) - world.names for a in worlds.forms(world)}
    assert {a: found for a, found in left.items() if found} == {}


@in_each_language
def test_the_till_speaks_the_language(world: World, english: Any, language: str) -> None:
    assert foreign(world, world.seller, worlds.till(world), language, english) == {}


@in_each_language
def test_a_customers_own_pages_and_the_way_in_speak_the_language(world: World, english: Any, language: str) -> None:
    assert foreign(world, world.customer_id, worlds.own(world), language, english) == {}
    with worlds.proven(world):
        assert (
            foreign(world, world.customer_id, [reverse(f"app-{name}") for name in ("phone", "merge", "password")], language, english) == {}
        )
    assert foreign(world, None, ["/app/sign-in/"], language, english) == {}


@in_each_language
def test_what_the_till_answers_is_in_the_language(world: World, english: Any, language: str) -> None:
    client = world.visitor(world.seller, language)
    answers = [client.post(address, given) for address, given in worlds.till_answers(world)]
    assert max(answer.status_code for answer in answers) < 500
    left = [english[language].left(pieces(answer)) - world.names for answer in answers]
    assert left == [set()] * len(answers)


@in_each_language
def test_signing_in_and_what_is_not_there_speak_the_language(world: World, english: Any, language: str) -> None:
    assert foreign(world, None, ["/login/"], language, english) == {}
    assert foreign(world, world.boss, ["/nowhere/", "/admin/nowhere/"], language, english, 404) == {}
    assert foreign(world, world.marketer, ["/till/"], language, english, 403) == {}
    wrong = world.visitor(None, language).post("/login/", {"username": "nobody@example.com", "password": "wrong"})
    assert english[language].left(pieces(wrong)) == set()


@in_each_language
def test_a_problem_of_the_api_is_said_in_the_language(world: World, api: Any, language: str) -> None:
    for method, path, body in [("GET", "/api/v1/nowhere", None), ("POST", "/api/v1/customers", {}), ("POST", "/api/v1/customers", b"{")]:
        ours = api.speaking(language).send(method, path, body, key="k" if body is not None else None)
        theirs = api.send(method, path, body, key="q" if body is not None else None)
        assert ours["Content-Type"] == "application/problem+json"
        assert ours.json()["code"] == theirs.json()["code"]
        assert ours.json()["detail"] != theirs.json()["detail"]
        assert [e["detail"] for e in ours.json().get("errors", [])] != [e["detail"] for e in theirs.json().get("errors", [])] or not body

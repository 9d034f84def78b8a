"""Photos of levels and rules, from the form or the API to everybody who sees them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from earning.models import Level, LevelSet, Rule
from loyalty.files.photos import LARGEST, photo_of
from loyalty.tenancy import reading
from loyalty.tenancy.models import Tenant
from tests.earning.shops import refusal
from tests.files.pictures import bomb, picture, snapshot
from tests.pos.counter import Till
from tests.support.client import ApiClient, visitor
from tests.support.pages import field_of, form_of, text_of

SETS, LEVELS, RULES = "/admin/earning/levelset/", "/admin/earning/level/", "/admin/earning/rule/"


pytestmark = pytest.mark.usefixtures("folder")


def file(content: bytes = b"", name: str = "ảnh của tôi.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or snapshot(), "image/jpeg")


def row(tenant: Tenant, model: Any, **where: Any) -> Any:
    with reading(tenant.id):
        return model.objects.get(tenant_id=tenant.id, **where)


@pytest.fixture
def gold(tenant: Tenant, admin_site: Client) -> Level:
    """The highest level of the ready-made set, which is in force."""
    admin_site.post(f"{SETS}starter/", {"starter": "classic"})
    edited(admin_site, f"{SETS}{row(tenant, LevelSet).id}/activate/")
    return row(tenant, Level, code="gold")  # type: ignore[no-any-return]


def edited(site: Client, page: str, **changes: Any) -> Any:
    """A form as it is shown, sent with changes."""
    return site.post(page, form_of(site.get(page)) | changes, follow=True)


def test_a_level_gets_a_photo_that_all_its_customers_see_and_nobody_else(
    tenant: Tenant, other_tenant: Tenant, admin_site: Client, till: Till, gold: Level, folder: Path
) -> None:
    edited(admin_site, f"{LEVELS}{gold.id}/edit/", photo=file())
    name = photo_of(snapshot()).name
    address = f"/photos/{name}"
    assert [p.relative_to(folder) for p in folder.rglob("*.webp")] == [Path(str(tenant.id)) / name[:2] / name]
    for page in (LEVELS, f"{LEVELS}{gold.id}/change/", f"{LEVELS}{gold.id}/edit/"):
        assert f'src="{address}"' in admin_site.get(page).content.decode(), page
    assert f'src="{address}"' in till.client.get(till.at("till-levels")).content.decode()
    shown = visitor(tenant).get(address)
    assert (shown.status_code, b"".join(shown.streaming_content)) == (200, photo_of(snapshot()).content)
    told = {name: shown.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")}
    assert told == {
        "Content-Type": "image/webp", "X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=31536000, immutable"
    }  # fmt: skip
    for client, path in ((visitor(other_tenant), address), (visitor(tenant), f"/photos/{'0' * 64}.webp"), (visitor(tenant), "/photos/..")):
        assert client.get(path).status_code == 404
    assert visitor(tenant).post(address).status_code == 405


def test_a_photo_stays_is_replaced_and_taken_away(tenant: Tenant, admin_site: Client, gold: Level) -> None:
    page = f"{LEVELS}{gold.id}/edit/"

    def photo() -> str:
        return str(row(tenant, Level, code="gold").terms["photo"])

    edited(admin_site, page, photo=file())
    edited(admin_site, page, discount="20")
    assert photo() == photo_of(snapshot()).name
    edited(admin_site, page, photo=file(picture("PNG")))
    assert photo() == photo_of(picture("PNG")).name
    edited(admin_site, page, **{"photo-clear": "on"})
    assert photo() == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello", "This file is no photo that can be read."),
        (picture("GIF"), "This file is no photo that can be read."),
        (bomb(5_001), "The photo has too many pixels: at most 25 million are possible."),
        (b"\xff" * (LARGEST + 1), "The photo is too large: at most 8 MB are possible."),
    ],
    ids=["text", "gif", "bomb", "large"],
)
def test_a_bad_file_is_told_at_its_field_and_nothing_is_kept(
    admin_site: Client, gold: Level, folder: Path, content: bytes, said: str
) -> None:
    for page in (f"{LEVELS}{gold.id}/edit/", f"{RULES}add-rule/"):
        refused = admin_site.post(page, form_of(admin_site.get(page)) | {"photo": file(content)})
        assert refused.status_code == 422
        assert said in field_of(refused, "photo")
        assert "The information entered is not correct." in text_of(refused)
    assert list(folder.rglob("*.webp")) == []


def test_a_rule_has_a_photo_in_its_list_its_page_its_history_and_at_the_till(tenant: Tenant, admin_site: Client, till: Till) -> None:
    rule = row(tenant, Rule)
    edited(admin_site, f"{RULES}{rule.id}/edit/", photo=file(), called_en="Stars", called_vi="Sao", called_pl="Gwiazdki")
    address = f"/photos/{photo_of(snapshot()).name}"
    for page in (RULES, f"{RULES}{rule.id}/change/"):
        assert f'src="{address}"' in admin_site.get(page).content.decode(), page
    assert "Photo: – → yes" in text_of(admin_site.get(f"{RULES}{rule.id}/change/"))
    assert f'src="{address}"' in till.client.get(till.at("till-rules")).content.decode()


def test_programs_send_photos_and_name_them_in_levels_and_rules(
    tenant: Tenant, other_tenant: Tenant, api: ApiClient, api_token: Any, me: Any
) -> None:
    sent = api.post("/api/v1/photos", {"content": base64.b64encode(snapshot()).decode()})
    address = f"/photos/{photo_of(snapshot()).name}"
    assert (sent.status_code, sent.json()) == (201, {"photo": address})
    api.post("/api/v1/level-sets/ready-made", {"starter": "stars"})
    [made] = api.get("/api/v1/level-sets").json()
    body = {name: made[name] for name in ("name", "measures", "match", "levels", "downgrade")}
    assert [level["photo"] for level in body["levels"]] == ["", ""]
    body["levels"][0]["photo"] = address
    assert api.put(f"/api/v1/level-sets/{made['id']}", body).status_code == 200
    api.post(f"/api/v1/level-sets/{made['id']}/activate")
    [rule] = api.get("/api/v1/rules").json()["items"]
    assert api.patch(f"/api/v1/rules/{rule['id']}", {"photo": address}).status_code == 200
    assert api.patch(f"/api/v1/rules/{rule['id']}", {"name": "Stars"}).status_code == 200
    api.post(f"/api/v1/rules/{rule['id']}/activate")
    assert [one["photo"] for one in me.get("/api/v1/me/rules").json()] == [address]
    assert [one["level"]["photo"] for one in me.get("/api/v1/me/levels").json()] == [address]
    foreign = ApiClient(api_token(other_tenant), other_tenant.hosts[0])
    for client, photo in ((api, "/photos/x"), (api, f"/photos/{'0' * 64}.webp"), (api, f"/photos/../{address}"), (foreign, address)):
        refused = client.post("/api/v1/rules", {"name": "X", "terms": rule["terms"] | {"currency": ""}, "photo": photo})
        assert refusal(refused) == (422, "photo.unknown", "/photo")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ("!!", 400, "field.invalid"),
        (base64.b64encode(b"hello").decode(), 422, "photo.unreadable"),
        ("A" * 2**20, 400, "json.too_large"),
        (None, 400, "field.wrong_type"),
    ],
)
def test_what_a_program_sends_that_is_no_photo_is_refused(api: ApiClient, content: Any, status: int, code: str) -> None:
    answer = api.post("/api/v1/photos", {"content": content})
    assert refusal(answer)[:2] == (status, code)


def test_sellers_send_no_photos(api_as: Any) -> None:
    assert api_as("seller").post("/api/v1/photos", {"content": ""}).status_code == 403
    assert api_as("marketer").post("/api/v1/photos", {"content": base64.b64encode(picture()).decode()}).status_code == 201


def test_a_photo_that_was_cut_off_while_it_was_written_is_written_again(
    tenant: Tenant, admin_site: Client, gold: Level, folder: Path
) -> None:
    edited(admin_site, f"{LEVELS}{gold.id}/edit/", photo=file())
    [kept] = folder.rglob("*.webp")
    kept.write_bytes(b"RIFF")
    edited(admin_site, f"{LEVELS}{gold.id}/edit/", photo=file())
    assert kept.read_bytes() == photo_of(snapshot()).content

"""Lists are read-only; every change is a command form that says what went wrong where, and by name what was done."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.urls import reverse

from loyalty.staff.models import PrivilegedRead
from loyalty.tenancy import reading
from tests.admin_kit.conftest import things_in
from tests.api.box import box_id
from tests.support.client import visitor
from tests.support.pages import text_of


def fill_url(row):
    return f"/admin/toy/boxrow/{row.pk}/fill/"


def test_the_list_shows_rows_of_the_tenant_only(tenant, other_tenant, admin_site, put_box):
    put_box(tenant, "blue", 3)
    put_box(other_tenant, "foreign", 5)
    page = admin_site.get("/admin/toy/boxrow/")
    assert page.status_code == 200
    assert "blue" in text_of(page)
    assert "foreign" not in text_of(page)
    assert "Open a box" in text_of(page)


def test_search_asks_the_port_and_keeps_its_order(tenant, admin_site, put_box):
    for name, things in [("apple", 1), ("grape", 9), ("pear", 5)]:
        put_box(tenant, name, things)
    shown = text_of(admin_site.get("/admin/toy/boxrow/?q=ap"))
    assert shown.index("grape") < shown.index("apple")
    assert "pear" not in shown


def test_nothing_can_be_added_changed_or_deleted_past_the_commands(tenant, admin_site, put_box):
    row = put_box(tenant, "blue", 3)
    assert admin_site.get("/admin/toy/boxrow/add/").status_code == 403
    assert admin_site.post(f"/admin/toy/boxrow/{row.pk}/change/", {"name": "red"}).status_code == 403
    assert admin_site.post(f"/admin/toy/boxrow/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    with reading(tenant.id):
        row.refresh_from_db()
    assert row.name == "blue"


def test_a_row_shows_its_facts_and_offers_its_commands(tenant, admin_site, put_box):
    page = admin_site.get(f"/admin/toy/boxrow/{put_box(tenant, 'blue', 3).pk}/change/")
    assert page.status_code == 200
    assert all(word in text_of(page) for word in ("blue", "Fill", "History"))
    assert "tenant_id" not in page.content.decode()
    sealed = text_of(admin_site.get(f"/admin/toy/boxrow/{put_box(tenant, 'sealed').pk}/change/"))
    assert " Fill " not in sealed


def test_a_form_carries_out_its_command_and_confirms_by_name(tenant, admin_site):
    answer = admin_site.post("/admin/toy/boxrow/open/", {"name": "Hộp đỏ", "things": "３"}, follow=True)
    assert answer.redirect_chain == [("/admin/toy/boxrow/", 302)]
    assert "The box Hộp đỏ is open." in text_of(answer)
    assert things_in(tenant, box_id(tenant.id, "Hộp đỏ")) == 3


def test_wrong_input_is_said_above_the_form_and_at_its_field(tenant, admin_site, put_box):
    row = put_box(tenant, "blue")
    page = admin_site.post(fill_url(row), {"things": "many"})
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    field = re.search(r'data-field="things".*?</div>\s*</div>|data-field="things".*?</ul>', page.content.decode(), re.S).group()
    assert "Enter a whole number." in field
    assert 'value="many"' in page.content.decode()
    assert things_in(tenant, row.pk) == 0


def test_a_refusal_of_the_business_is_said_at_the_field_it_names(tenant, admin_site, put_box):
    page = admin_site.post(fill_url(put_box(tenant, "blue")), {"things": "1001"})
    assert page.status_code == 422
    assert "The information entered is not correct." in text_of(page)
    field = page.content.decode().split('data-field="things"')[1].split("data-field")[0]
    assert "The box has room for 1,000 more." in field


def test_a_refusal_while_the_command_is_built_is_said_the_same_way(tenant, admin_site, put_box):
    page = admin_site.post(fill_url(put_box(tenant, "blue")), {"things": "13"})
    assert page.status_code == 422
    assert "There is no such box." in page.content.decode().split('data-field="things"')[1]


def test_a_refusal_without_a_field_is_said_above_the_form(tenant, admin_site, put_box):
    page = admin_site.post(fill_url(put_box(tenant, "blue")), {"things": "409"})
    assert "The box is sealed." in page.content.decode().split('role="alert"')[1].split("</div>")[0]


def test_the_answer_is_in_the_readers_language(tenant, admin_user, put_box):
    page = visitor(tenant, admin_user, "vi").post(fill_url(put_box(tenant, "blue")), {"things": ""})
    assert page.headers["Content-Language"] == "vi"


def test_a_double_click_is_one_deed(tenant, admin_site, put_box):
    row = put_box(tenant, "blue")
    command_id = re.search(r'name="command_id" value="([^"]+)"', admin_site.get(fill_url(row)).content.decode()).group(1)
    assert UUID(command_id).version == 7
    first = admin_site.post(fill_url(row), {"things": "3", "command_id": command_id})
    again = admin_site.post(fill_url(row), {"things": "3", "command_id": command_id}, follow=True)
    assert first.status_code == 302
    assert "This form was sent before and counts once." in text_of(again)
    assert things_in(tenant, row.pk) == 3


def test_a_page_of_another_tenants_row_is_not_there(other_tenant, admin_site, put_box):
    foreign = put_box(other_tenant, "foreign")
    answers = [
        admin_site.get(fill_url(foreign)),
        admin_site.post(fill_url(foreign), {"things": "3"}),
        admin_site.get("/admin/toy/boxrow/x/fill/"),
    ]
    assert [a.status_code for a in answers] == [404, 404, 404]


def test_a_command_that_is_not_offered_is_not_there(tenant, admin_site, put_box):
    assert admin_site.post(fill_url(put_box(tenant, "sealed")), {"things": "3"}).status_code == 404


def test_a_marketer_looks_but_does_not_fill(tenant, marketer_user, put_box):
    row, marketer = put_box(tenant, "blue", 3), visitor(tenant, marketer_user)
    page = marketer.get(f"/admin/toy/boxrow/{row.pk}/change/")
    assert page.status_code == 200
    assert " Fill " not in text_of(page)
    assert marketer.post(fill_url(row), {"things": "3"}).status_code == 403
    assert marketer.get(f"/admin/toy/boxrow/{row.pk}/history/").status_code == 403
    assert things_in(tenant, row.pk) == 0


def test_a_seller_does_not_enter(tenant, seller_user):
    assert visitor(tenant, seller_user).get("/admin/", follow=True).status_code == 403


def test_nobody_is_sent_to_sign_in(tenant):
    answer = visitor(tenant).get("/admin/toy/boxrow/", follow=True)
    assert answer.redirect_chain[-1] == ("/login/?next=%2Fadmin%2Ftoy%2Fboxrow%2F", 302)
    assert answer.status_code == 200


def test_a_user_of_another_tenant_is_nobody_here(tenant, other_tenant, make_user):
    stranger = make_user(other_tenant, "administrator")
    assert visitor(tenant, stranger).get("/admin/").status_code == 302


def test_the_history_tells_who_did_what_and_is_noted(tenant, admin_user, admin_site, put_box):
    row = put_box(tenant, "blue")
    for things in ("3", "4"):
        admin_site.post(fill_url(row), {"things": things})
    page = admin_site.get(f"/admin/toy/boxrow/{row.pk}/history/")
    said = text_of(page)
    assert page.status_code == 200
    assert said.count("Box filled") == 2
    assert f"{admin_user.display_name}, Administration" in said
    assert said.index("No. 2") < said.index("No. 1")
    with reading(tenant.id):
        noted = PrivilegedRead.objects.get()
    assert (noted.actor, noted.what, noted.subject) == (f"staff:{admin_user.pk}", "history.see", str(row.pk))


def test_the_page_obeys_its_policy(tenant, admin_site, put_box):
    """No inline script, so that the policy without 'unsafe-inline' breaks nothing."""
    row = put_box(tenant, "blue")
    for url in ("/admin/", "/admin/toy/boxrow/", fill_url(row), f"/admin/toy/boxrow/{row.pk}/history/"):
        page = admin_site.get(url)
        policy = page.headers["Content-Security-Policy"]
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
        assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page.content.decode()) == [], url
        assert re.findall(r"\son(?:click|load|change|submit)=", page.content.decode()) == [], url


def test_the_home_page_offers_what_the_role_may_open(admin_site, tenant, marketer_user):
    assert "API tokens" in text_of(admin_site.get("/admin/"))
    assert "API tokens" not in text_of(visitor(tenant, marketer_user).get("/admin/"))


@pytest.mark.parametrize("language", ["vi", "en", "pl"])
def test_every_language_can_be_chosen(admin_site, language):
    answer = admin_site.post("/i18n/setlang/", {"language": language, "next": "/admin/"})
    assert answer.status_code == 302
    page = admin_site.get("/admin/")
    assert page.headers["Content-Language"] == language
    assert f'lang="{language}"' in page.content.decode()


def test_names_of_pages_can_be_reversed():
    assert reverse("admin:toy_boxrow_open", urlconf="tests.admin_kit.boxes") == "/admin/toy/boxrow/open/"

"""Every table that says whom a row is about is told to that person, and forgotten with them, or stays for a reason."""

from __future__ import annotations

from uuid import uuid4

from django.db import connections

from loyalty.disclosure import CHAPTERS
from loyalty.erasure import FORGETS, Person

ABOUT_PEOPLE = """select distinct c.relname from pg_attribute a join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
    and a.attname in ('customer_id', 'person_id', 'referrer_id') and not a.attisdropped"""
NOT_TOLD = {
    "api_idempotency": "what was answered to programs: it is told where it is kept, by its chapter",
    "customers_custom_event": "what segments ask of custom events, which the chapter of custom events tells",
    "customers_parted": "that two were held for one, between ids alone, which their timeline tells",
    "customers_purchase": "what segments ask of purchases, which the chapter of purchases tells",
}
"""Table → why nobody is told of it."""
STAYS = {
    "customers_customer": "its projection empties the row",
    "customers_spending": "sums without a name",
    "customers_custom_event": "that somebody did something, without a name",
    "customers_purchase": "documents without a name",
    "customers_invitation": "who brought whom, without a name and where it went",
    "customers_segment_member": "they leave every segment by an event",
    "customers_consent": "its projection deletes the rows",
    "customers_parted": "who was held for whom, without a name",
    "earning_account": "points of nobody: they end",
    "earning_carried_spend": "sums without a name",
    "earning_correction": "points without a name",
    "earning_custom_event": "that somebody did something, without a name; the rest is sealed in the log",
    "earning_customer_level": "levels without a name",
    "earning_level_grant": "levels without a name",
    "earning_progress": "sums without a name",
    "earning_purchase": "documents without a name",
    "rewards_basket": "baskets without a name",
    "rewards_coupon": "coupons without a name",
    "rewards_gift": "its projection deletes the rows",
}
"""Table → why its rows stay, or what takes them away."""


def about_people() -> set[str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(ABOUT_PEOPLE)
        return {name for (name,) in cursor.fetchall()}


def test_everything_that_is_kept_of_a_person_is_told_to_them() -> None:
    told = {table for chapter in CHAPTERS.values() for table in chapter.tables}
    assert about_people() - told - set(NOT_TOLD) == set(), "name the table in a chapter (@discloses), or say here why not"
    assert set(NOT_TOLD) & told == set()


def test_everything_that_is_kept_of_a_person_is_forgotten_or_stays_for_a_reason() -> None:
    person = Person(1, uuid4(), {"phone": "+84912345678"})
    statements = " ".join(sql for forget in FORGETS.values() for sql, _params in forget(person))
    forgotten = {table for table in about_people() if f" {table} " in f"{statements} "}
    assert about_people() - forgotten - set(STAYS) == set(), "forget it (@forgets), or say here why it stays"
    assert forgotten & set(STAYS) == set()
    assert {"customers_token", "outbox_message", "api_idempotency"} <= forgotten


def test_a_table_that_nobody_thought_of_is_found() -> None:
    assert {"customers_token", "earning_purchase", "customers_segment_member"} <= about_people()

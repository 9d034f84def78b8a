"""Erasure is real: a dump of the database, segments of search on disk, Valkey, files and log lines tell nothing of the person, in any
spelling, and a late write does not bring anything back.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis
from django.core.management import call_command
from django.db import connections

from customers.commands import (
    DeactivateCustomer,
    EditCustomer,
    EnterSegment,
    EraseCustomer,
    LinkIdentifier,
    RegisterCustomer,
)
from customers.documents import CUSTOMERS, document
from customers.forgotten_words import SETTLED_AFTER, forget_words
from customers.tasks import expunge_search
from earning.commands import Reference, VoidPurchase
from earning.events import ExpiryAnnounced
from loyalty.domain.errors import DomainError
from loyalty.domain.event import Metadata, Recorded
from loyalty.lookup import barring_digests, lookup_digests
from loyalty.messages.outbox import send_waiting
from loyalty.messages.sending import ConsoleSender
from loyalty.projections.projection import PROJECTIONS
from loyalty.search import search_feeds
from loyalty.search.fold import fold
from loyalty.tenancy.models import Tenant
from tests.conftest import missing
from tests.customers.given import bring_level
from tests.customers.test_erasure import CARD, EMAIL, OLD_PHONE, OWN_ID, PHONE, TOLD, do, somebody
from tests.customers.test_inviting import come, invite, link_of
from tests.earning.counter import Counter, in_parallel, rows
from tests.support.client import ApiClient

__all__ = ["somebody"]
pytestmark = [pytest.mark.usefixtures("own_log_of_module"), pytest.mark.long]
LINK = "psid-quynhhoaxa-7"
PATIENCE = 60
"""Seconds: Elasticsearch keeps older versions of a document for half a minute."""


def spellings(number: str) -> set[str]:
    """An E.164 number of Vietnam as people, programs and screens write it."""
    national = number.removeprefix("+84")
    groups = [f"{national[:3]}{gap}{national[3:6]}{gap}{national[6:]}" for gap in (" ", ".", "-")]
    plain = [national, *groups]
    return {f"{front}{one}" for one in plain for front in ("0", "+84", "84", "0084", "+84 ", "+84(0)")} | {f"0{national}"[i:] for i in (1,)}


def forms() -> set[str]:
    """Every form in which something tells who it was."""
    names = [text for text in TOLD.values() if isinstance(text, str)] + ["nhãnxa", "giátrịxa"]
    words = [word for text in names for word in text.split() if len(word) > 3]
    told = {*names, *words, *map(fold, names), *map(fold, words)}
    told |= {unicodedata.normalize("NFD", text) for text in told} | {text.upper() for text in told}
    return told | spellings(PHONE) | spellings(OLD_PHONE) | {EMAIL, EMAIL.partition("@")[0], CARD, OWN_ID, LINK}


def marks(tenant: Tenant) -> set[bytes]:
    """Bytes that tell of them: texts, also as JSON escapes them, and the digests by which they were found."""
    kinds = {"phone": [PHONE, OLD_PHONE], "email": [EMAIL], "card": [CARD], "external_id": [OWN_ID], "page_scoped_id": [LINK]}
    digests = {d for kind, texts in kinds.items() for text in texts for d in lookup_digests(kind, text, tenant.id)}
    return {text.encode() for text in forms()} | {json.dumps(text)[1:-1].encode() for text in forms()} | digests


def holds(raw: bytes, wanted: set[bytes]) -> set[bytes]:
    """Which of them are in `raw`, whatever the case; also as hexadecimal digits, as dumps show bytes."""
    small = raw.lower()
    return {one for one in wanted if one.lower() in small or one.hex().encode() in small}


def dump(tenant: Tenant) -> Iterator[tuple[str, bytes]]:
    """What every table and partition has of the tenant, the log among them, as COPY writes it; all of those that are no tenant's."""
    tables = """select format('%I.%I', n.nspname, c.relname), exists (select from pg_attribute a where a.attrelid = c.oid
            and a.attname = 'tenant_id' and not a.attisdropped) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'"""
    with connections["owner"].cursor() as cursor:
        cursor.execute(tables)
        for name, of_tenants in cursor.fetchall():
            whose = f" where tenant_id = {tenant.id:d}" if of_tenants else ""
            with cursor.connection.cursor() as raw, raw.copy(f"copy (select * from {name}{whose}) to stdout") as copy:
                yield name, b"".join(bytes(part) for part in copy)


def told_by_the_database(tenant: Tenant) -> dict[str, set[bytes]]:
    wanted = marks(tenant)
    return {name: found for name, raw in dump(tenant) if (found := holds(raw, wanted))}


def segments(elasticsearch: Any, prefix: str) -> bytes:
    """What lies on disk of our indexes: segments, and the log of what is not in segments yet."""
    (node,) = elasticsearch.nodes.info(metric="settings")["nodes"].values()
    folder = Path(node["settings"]["path"]["data"]) / "indices" if "path" in node["settings"] else Path("/nowhere")
    if not folder.exists():
        missing("Elasticsearch keeps its files on another machine")
    ids = [i["settings"]["index"]["uuid"] for i in elasticsearch.indices.get_settings(index=f"{prefix}*").values()]
    return b"".join(path.read_bytes() for i in ids for path in (folder / i).rglob("*") if path.is_file())


READ: dict[bytes, Callable[[Any, bytes], Any]] = {
    b"none": lambda valkey, key: b"",
    b"string": lambda valkey, key: valkey.get(key),
    b"hash": lambda valkey, key: valkey.hgetall(key),
    b"list": lambda valkey, key: valkey.lrange(key, 0, -1),
    b"set": lambda valkey, key: valkey.smembers(key),
    b"zset": lambda valkey, key: valkey.zrange(key, 0, -1),
    b"stream": lambda valkey, key: valkey.xrange(key),
}
"""What Valkey holds under a key, by its kind; a dump would be compressed."""


def flat(value: Any) -> bytes:
    """All bytes within a value."""
    if isinstance(value, dict):
        return flat([*value.items()])
    if isinstance(value, list | tuple | set):
        return b" ".join(map(flat, value))
    return value if isinstance(value, bytes) else str(value).encode()


def unpacked(raw: bytes) -> bytes:
    """The same with what messages of a queue hold in Base64."""
    return raw + b" ".join(b64decode(found + b"=" * (-len(found) % 4)) for found in re.findall(rb"[A-Za-z0-9+/]{16,}", raw))


def till(is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so in time."""
    end = monotonic() + PATIENCE
    while not is_so():
        if monotonic() > end:
            return False
        sleep(2)
    return True


@pytest.fixture
def known(tenant: Tenant, api: ApiClient, somebody: UUID) -> UUID:
    """Somebody of whom everything is kept, who invited a friend, was invited, and of whom staff and files know."""
    counter = Counter(tenant)
    other = counter.customer(first_name="An")
    do(tenant, LinkIdentifier(customer_id=somebody, kind="page_scoped_id", value=LINK))
    invite(tenant, other, EMAIL, "email")
    invite(tenant, somebody, "+84987000999")
    come(tenant, "+84987000888", link_of(tenant, somebody))
    come(tenant, PHONE)
    sale = counter.order(somebody, 90_000)
    bought = counter.do(sale)
    counter.do(
        VoidPurchase(
            purchase_id=bought.purchase_id, customer_id=somebody, merchant_id=counter.merchant_id, zone=sale.zone, reason="Quỳnhhoa asked"
        )
    )
    do(tenant, DeactivateCustomer(customer_id=somebody, reason="Trầnbá called"))
    api.post(f"/api/v1/customers/{somebody}/activate")
    api.get("/api/v1/customers", {"search": "quynhhoa"})
    return somebody


def test_nothing_tells_who_it_was(
    tenant: Tenant, known: UUID, elasticsearch: Any, capfd: pytest.CaptureFixture[str], caplog: Any, settings: Any
) -> None:
    bring_level("customers.elasticsearch")
    index = f"{settings.SEARCH_PREFIX}-customers-*"
    elasticsearch.indices.flush(index=index, force=True)
    assert holds(segments(elasticsearch, index), {b"quynhhoa"}), "segments are read as they are written"
    before = told_by_the_database(tenant)
    assert {"public.customers_customer", "public.customers_identifier", "public.customers_invited"} <= before.keys()
    assert not any(name.startswith("event.") for name in before), "the log is not readable without the keys"
    assert send_waiting(tenant.id, ConsoleSender()) > 2, "codes and invitations leave, as in the demo"
    do(tenant, EraseCustomer(customer_id=known, reason="asked"))
    bring_level("customers.elasticsearch")

    def is_gone() -> bool:
        forget_words(datetime.now(UTC))
        return holds(segments(elasticsearch, index), marks(tenant)) == set()

    assert till(is_gone), "words stay in the segments on disk"
    assert rows("customers_words_left", tenant, "tenant_id") == [(tenant.id,)], "so early nobody knows that"
    forget_words(datetime.now(UTC) + SETTLED_AFTER)
    assert rows("customers_words_left", tenant, "tenant_id") == []
    assert told_by_the_database(tenant) == {}
    valkey = redis.Redis.from_url(settings.REDIS_URL)
    kept = [unpacked(flat([key, READ[valkey.type(key)](valkey, key)])) for key in valkey.scan_iter()]
    kept += [path.read_bytes() for path in Path(settings.LOYALTY_PHOTO_FOLDER).rglob("*") if path.is_file()]
    printed = capfd.readouterr()
    assert "[not sent, demo]" in printed.out
    kept += [caplog.text.encode(), *(text.encode() for text in printed)]
    assert [raw[:300] for raw in kept if holds(raw, marks(tenant))] == []


def test_what_is_kept_to_bar_them_finds_nobody(tenant: Tenant, known: UUID) -> None:
    do(tenant, EraseCustomer(customer_id=known, reason="asked"))
    kept = {bytes(digest) for (digest,) in rows("customers_barred", tenant, "digest")}
    held = [("phone", PHONE), ("phone", OLD_PHONE), ("email", EMAIL), ("card", CARD), ("external_id", OWN_ID)]
    assert kept == {barring_digests(kind, text, tenant.id)[0] for kind, text in held}


def recorded(tenant: Tenant, event: Any) -> Recorded[Any]:
    """An event as a follower gets it."""
    told = Metadata(
        command_id=uuid4(), correlation_id=uuid4(), causation_id=None, actor="system", channel="process", occurred_at=datetime.now(UTC)
    )
    return Recorded(1, tenant.id, uuid4(), 1, uuid4(), "earning.expiry_announced", event, told, datetime.now(UTC))


# -- late writes --------------------------------------------------------------------------------


def test_what_is_written_in_the_same_moment_brings_nothing_back(tenant: Tenant, api: ApiClient, known: UUID) -> None:
    """Everything that writes of a person, while they are erased: each comes before it, and is forgotten, or hears that nobody is there."""
    (vip,) = [segment for (segment,) in rows("customers_segment", tenant, "id")]
    announced = ExpiryAnnounced(
        account_id=uuid4(),
        customer_id=known,
        wallet="points",
        points=25,
        shares=(),
        expires_at=datetime(2099, 1, 1, tzinfo=UTC),
        announced_at=datetime.now(UTC),
    )
    counter = Counter(tenant)

    writes: list[Callable[[], Any]] = [
        lambda: do(tenant, EraseCustomer(customer_id=known, reason="asked")),
        lambda: do(tenant, EditCustomer(customer_id=known, first_name="Quỳnhhoa", address="12 ngõ Lạcxa")),
        lambda: do(tenant, EnterSegment(segment_id=vip, customer_id=known)),
        lambda: do(tenant, DeactivateCustomer(customer_id=known, reason="Trầnbá")),
        lambda: do(tenant, LinkIdentifier(customer_id=known, kind="page_scoped_id", value=f"{LINK}2")),
        lambda: invite(tenant, known, "+84987000777"),
        lambda: api.patch(f"/api/v1/customers/{known}", {"company": "Côngty Hoaxa"}),
        lambda: counter.sell(known, 50_000),
        lambda: counter.sell(None, 50_000, references=(Reference("card", CARD),)),
        lambda: PROJECTIONS["omnichannel.expiry_messages"].follow(tenant.id, [recorded(tenant, announced)], "default"),  # type: ignore[attr-defined]
    ]
    in_parallel(len(writes), lambda n: writes[n]())
    expunge_search()
    assert told_by_the_database(tenant) == {}
    assert ("points_end",) not in rows("outbox_message", tenant, "kind")


def test_an_older_write_and_a_file_bring_nothing_back(
    tenant: Tenant, known: UUID, elasticsearch: Any, tmp_path: Path, settings: Any
) -> None:
    """A projector that wakes up late, a file that names them, and a rebuild of everything."""
    bring_level("customers.elasticsearch")
    do(tenant, EraseCustomer(customer_id=known, reason="asked"))
    bring_level("customers.elasticsearch")
    late = document(tenant_id=tenant.id, customer_id=known, version=1, first_name="Quỳnhhoa", last_name="Trầnbá")
    for engine in search_feeds().values():
        engine.upsert(CUSTOMERS, [late])
    path = tmp_path / "late.csv"
    path.write_text(f"id,name,phone,email,card\n{OWN_ID},Trầnbá Quỳnhhoa,{OLD_PHONE},{EMAIL},{CARD}\n")
    call_command("import_customers", path, tenant=tenant.code, language="en", stdout=io.StringIO())
    with pytest.raises(DomainError):
        do(tenant, RegisterCustomer(customer_id=known, first_name="Quỳnhhoa"))
    call_command("rebuild", "customers.customers", "customers.names", "customers.consents", "customers.invitations")
    bring_level("customers.elasticsearch")
    expunge_search()
    assert told_by_the_database(tenant) == {}
    found = elasticsearch.search(index=f"{settings.SEARCH_PREFIX}-customers-*", query={"match_all": {}}, size=10_000)["hits"]["hits"]
    assert holds(str(found).encode(), marks(tenant)) == set()

"""The adapters by which messages really leave keep the promise of the port, against what providers answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from smtplib import SMTPServerDisconnected
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail

from loyalty.messages.gateways import HttpSmsGateway, SmtpSender
from loyalty.messages.sending import ByAddress, ConsoleSender, MessageSender, NotSent, Outgoing, sender
from loyalty.messages.tasks import BROKER_AWAY, send_messages, send_soon


class Provider(HTTPServer):
    """A provider of text messages that answers what it is told to, and remembers what it was sent."""

    status = 202

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.taken: list[tuple[dict[str, str], dict[str, str]]] = []


class Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert isinstance(self.server, Provider)
        self.server.taken.append((body, dict(self.headers)))
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def gateway(provider: Provider) -> HttpSmsGateway:
    return HttpSmsGateway(f"http://127.0.0.1:{provider.server_port}/send", "secret")


@pytest.fixture(params=["console", "smtp", "gateway", "by address"])
def adapter(request: pytest.FixtureRequest, provider: Provider) -> MessageSender:
    smtp, sms = SmtpSender("Sen Vàng <no-reply@example.com>"), gateway(provider)
    made: dict[str, MessageSender] = {
        "console": ConsoleSender(),
        "smtp": smtp,
        "gateway": sms,
        "by address": ByAddress(email=smtp, phone=sms),
    }
    return made[request.param]


def test_every_sender_sends_or_says_that_it_did_not(adapter: MessageSender) -> None:
    """The contract of the port."""
    adapter.send(Outgoing(uuid4(), "an@example.com" if isinstance(adapter, SmtpSender) else "+84912345678", "25 điểm", "Sen Vàng"))
    for nothing in (Outgoing(uuid4(), "", "25 điểm"), Outgoing(uuid4(), "+84912345678", "")):
        with pytest.raises(NotSent, match="refused"):
            adapter.send(nothing)


def test_a_provider_is_told_the_id_so_that_it_delivers_once(provider: Provider) -> None:
    message = Outgoing(uuid4(), "+84912345678", "Mã 123456", "Sen Vàng", secret=True)
    gateway(provider).send(message)
    ((body, headers),) = provider.taken
    assert body == {"id": str(message.message_id), "to": "+84912345678", "text": "Mã 123456", "sender": "Sen Vàng"}
    assert (headers["Idempotency-Key"], headers["Authorization"]) == (str(message.message_id), "Bearer secret")


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, "unavailable"), (503, "unavailable"), (429, "unavailable"), (400, "refused"), (401, "refused"), (302, "refused")],
)
def test_what_a_provider_answers_says_whether_another_try_helps(provider: Provider, status: int, code: str) -> None:
    provider.status = status
    with pytest.raises(NotSent, match=code):
        gateway(provider).send(Outgoing(uuid4(), "+84912345678", "25 điểm"))
    assert len(provider.taken) == 1, "nobody follows it elsewhere"


def test_a_provider_that_is_away_is_asked_again_later() -> None:
    with pytest.raises(NotSent, match="unavailable"):
        HttpSmsGateway("http://127.0.0.1:9/", "secret").send(Outgoing(uuid4(), "+84912345678", "25 điểm"))
    with pytest.raises(ValueError, match="https://"):
        HttpSmsGateway("file:///etc/passwd", "secret")


def test_an_email_has_the_programme_as_its_subject_whatever_that_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    SmtpSender("no-reply@example.com").send(message := Outgoing(uuid4(), "an@example.com", "25 điểm", "Sen\r\nBcc: x@example.com"))
    ((sent),) = mail.outbox
    assert (sent.subject, sent.to, sent.body) == ("Sen Bcc: x@example.com", ["an@example.com"], "25 điểm")
    assert str(message.message_id) in sent.extra_headers["Message-ID"]

    def away(*args: Any, **kwargs: Any) -> None:
        raise SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", away)
    with pytest.raises(NotSent, match="unavailable"):
        SmtpSender("no-reply@example.com").send(message)


@pytest.mark.parametrize("secret", [True, False])
def test_a_console_tells_neither_whom_a_message_goes_to_nor_what_it_says(capsys: pytest.CaptureFixture[str], secret: bool) -> None:
    """Lines of a log outlive who is erased."""
    message = Outgoing(uuid4(), "+84912345678", "Hương mời bạn 654321", secret=secret)
    ConsoleSender().send(message)
    printed = capsys.readouterr().out
    assert (str(message.message_id) in printed, [told for told in ("12345678", "Hương", "654321") if told in printed]) == (True, [])


def test_an_address_without_a_sender_is_refused_for_good() -> None:
    with pytest.raises(NotSent, match="no_sender"):
        ByAddress(email=SmtpSender("a@example.com"), phone=None).send(Outgoing(uuid4(), "+84912345678", "x"))


@pytest.mark.parametrize(
    ("email", "url", "kind"), [("", "", None), ("a@example.com", "", ByAddress), ("", "https://sms.example.com", ByAddress)]
)
def test_outside_the_demo_messages_wait_until_something_sends_them(settings: Any, email: str, url: str, kind: Any) -> None:
    settings.LOYALTY_CONSOLE_MESSAGES, settings.MESSAGES_FROM_EMAIL, settings.SMS_GATEWAY_URL = False, email, url
    assert isinstance(sender(), kind) if kind else sender() is None


@pytest.mark.parametrize("lost", BROKER_AWAY)
def test_while_the_broker_is_away_what_was_written_waits_and_nobody_is_refused(
    monkeypatch: pytest.MonkeyPatch, lost: type[Exception]
) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise lost

    monkeypatch.setattr(send_messages, "apply_async", away)
    send_soon(1)

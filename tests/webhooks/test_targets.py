"""Nothing is sent but to public places: whatever an address looks like, and whatever its name means a moment later."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest

from loyalty.domain.errors import DomainError
from loyalty.webhooks.targets import Policy, Target, target_of
from loyalty.webhooks.transport import HttpOutlet, NotReached
from tests.webhooks.receiver import LOOPBACK, Receiver, receiving

NOT_PUBLIC = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "192.88.99.1", "168.63.129.16",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1",
    "ff02::1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "2001:20::1", "3fff::1", "5f00::1",
    "100::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4001::200e"]
EVERYWHERE = Policy(frozenset({"http", "https"}), None)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_not_connected_to(address: str) -> None:
    connected: list[str] = []
    outlet = HttpOutlet(EVERYWHERE, lambda host, port: ["93.184.216.34", address])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "create_connection", lambda where, *_: connected.append(where[0]))
        with pytest.raises(NotReached) as refused:
            outlet.post("https://shop.example/hooks", {}, b"{}")
    assert (refused.value.code, connected) == ("private", [])


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_let_through(address: str) -> None:
    assert Policy().lets_through(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://shop.example/", "url_scheme"),
        ("ftp://shop.example/", "url_scheme"),
        ("https://shop.example:22/", "url_port"),
        ("https://127.0.0.1/", "url_private"),
        ("https://[::1]/", "url_private"),
        ("https://[::ffff:7f00:1]/", "url_private"),
        ("https://2130706433/", "url_private"),
        ("https://0x7f.1/", "url_private"),
        ("https://0177.0.0.1/", "url_private"),
        ("https://localhost/", "url_private"),
        ("https://db.localhost./", "url_private"),
        ("https://metadata.google.internal/", "url_private"),
        ("https://printer/", "url_private"),
        ("https://shop.example@127.0.0.1/", "url_user"),
        ("https://shop.example/#top", "url_user"),
        ("https://shop.example:0/", "url_wrong"),
        ("https://shop.example:99999/", "url_wrong"),
        ("https://shop.example/a b", "url_wrong"),
        ("https://shop.example\\@127.0.0.1/", "url_wrong"),
        ("https://shop.example/\r\nHost: x", "url_wrong"),
        ("https://shop.example/\0", "url_wrong"),
        ("https://shop.example/cà-phê", "url_wrong"),
        ("https://cà-phê.example/a b", "url_wrong"),
        ("https://cà-phê.example/\r\nHost: x", "url_wrong"),
        ("https://me@cà-phê.example/", "url_wrong"),
        ("https://straße.example/", "url_wrong"),
        ("https://ca\u0300..example/", "url_wrong"),
        ("https://\u0430pple.example/", "url_letters"),
        ("https://p\u03b1ypal.example/", "url_letters"),
        ("https://１２７.0.0.1/", "url_private"),
        ("https://127。0。0。1/", "url_private"),
        ("https://ｌocalhost/", "url_private"),
        ("https://cà-phê.local/", "url_private"),
        ("https://a\u2100b.example/", "url_wrong"),
        ("https://[fe80::1%25eth0]/", "url_wrong"),
        ("https://[::1/", "url_wrong"),
        ("https:///hooks", "url_wrong"),
        ("https://shop.example/" + "a" * 500, "url_wrong"),
        ("shop.example/hooks", "url_wrong"),
        ("", "url_wrong"),
    ],
)  # fmt: skip
def test_an_address_that_can_never_be_sent_to_is_not_kept(url: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        target_of(url, Policy())
    assert (refused.value.code, refused.value.field) == (f"webhooks.{code}", "url")


@pytest.mark.parametrize("url", ["https://shop.example/hooks?a=1", "https://SHOP.example.:8443", "https://8.8.8.8/"])
def test_a_public_address_is_kept(url: str) -> None:
    assert target_of(url, Policy()).host in {"shop.example", "8.8.8.8"}


@pytest.mark.parametrize("url", ["https://cà-phê.example:8443/a?b=1", "https://CA\u0300-PHE\u0302.example:8443/a?b=1"])
def test_a_name_of_other_letters_is_asked_for_as_the_network_has_it(url: str) -> None:
    assert target_of(url, Policy()) == Target("https", "xn--c-ph-0na7d.example", 8443, "/a?b=1")
    assert target_of("https://пример.example/", Policy()).host == "xn--e1afmkfd.example"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def test_a_name_is_asked_for_once_and_only_what_was_checked_is_connected_to(receiver: Receiver) -> None:
    """The name would lead to a place that nobody checked the second time."""
    asked = []

    def changing(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    answer = HttpOutlet(LOOPBACK, changing).post(f"http://shop.example:{receiver.port}/hooks", {}, b"{}")
    assert (answer.status, asked) == (204, ["shop.example"])
    assert receiver.received[0].headers["host"] == f"shop.example:{receiver.port}", "the name stays in the request"


def test_a_name_that_came_to_mean_this_machine_is_refused_although_it_was_public_when_it_was_kept(receiver: Receiver) -> None:
    url = f"http://shop.example:{receiver.port}/hooks"
    assert target_of(url, EVERYWHERE)
    with pytest.raises(NotReached, match="private"):
        HttpOutlet(EVERYWHERE, lambda host, port: ["127.0.0.1"]).post(url, {}, b"{}")
    assert receiver.received == []


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [(302, {"Location": f"http://127.0.0.1:{receiver.port}/inside", "Retry-After": "7"}, "moved")]
    answer = receiver.outlet.post(receiver.url, {"x-mark": "1"}, b"{}")
    assert (answer.status, answer.text, answer.again_after) == (302, "moved", 7)
    assert [(r.path, r.headers["x-mark"], r.body) for r in receiver.received] == [("/hooks?of=us", "1", b"{}")]


def test_of_a_long_answer_the_beginning_is_kept_and_nothing_that_cannot_be_stored(receiver: Receiver) -> None:
    receiver.answers = [(500, {}, "ấ\0" + "x" * 1_000_000)]
    answer = receiver.outlet.post(receiver.url, {}, b"{}")
    assert (answer.status, len(answer.text), answer.text[:3]) == (500, 1000, "ấ\ufffdx")


def dribbling(seconds: float) -> tuple[int, threading.Thread]:
    """A server that says one byte of a header after the other, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, listener:
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                try:
                    connection.sendall(b"H")
                except OSError:
                    return
                time.sleep(0.05)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener.getsockname()[1], thread


def test_however_slowly_the_other_side_speaks_the_whole_has_its_time() -> None:
    port, _thread = dribbling(10)
    begun = time.monotonic()
    with pytest.raises(NotReached, match="timeout"):
        HttpOutlet(LOOPBACK, whole=0.3).post(f"http://127.0.0.1:{port}/", {}, b"{}")
    assert time.monotonic() - begun < 3


def test_what_cannot_be_reached_says_why(receiver: Receiver) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    cases = {
        "unknown_host": (HttpOutlet(LOOPBACK, unknown), "http://shop.example/"),
        "no_connection": (HttpOutlet(LOOPBACK), f"http://127.0.0.1:{closed}/"),
        "broken": (HttpOutlet(LOOPBACK), f"https://127.0.0.1:{receiver.port}/"),
        "url": (HttpOutlet(Policy()), "http://shop.example/"),
    }
    for code, (outlet, url) in cases.items():
        with pytest.raises(NotReached) as lost:
            outlet.post(url, {}, b"{}")
        assert lost.value.code == code


def test_tls_is_asked_for_the_name_and_its_certificate_is_checked() -> None:
    asked: list[object] = []

    class Context(ssl.SSLContext):
        def wrap_socket(self, *args: object, **given: object) -> ssl.SSLSocket:
            asked.append(given["server_hostname"])
            raise ssl.SSLCertVerificationError("not its name")

    with receiving() as plain, pytest.MonkeyPatch.context() as patch:
        patch.setattr("loyalty.webhooks.transport._tls", lambda: Context(ssl.PROTOCOL_TLS_CLIENT))
        with pytest.raises(NotReached, match="certificate"):
            HttpOutlet(LOOPBACK, lambda host, port: ["127.0.0.1"]).post(f"https://shop.example:{plain.port}/", {}, b"{}")
    assert asked == ["shop.example"]
    assert ssl.create_default_context().check_hostname

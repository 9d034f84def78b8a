"""Signatures are those of Standard Webhooks: by the example of its own libraries, and checked as a receiver checks them."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from loyalty.webhooks.signing import headers_of, new_secret

VECTOR = {
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "at": datetime.fromtimestamp(1614265330, UTC),
    "body": '{"test": 2432232314}',
    "signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
"""The example of the reference libraries."""


@pytest.mark.parametrize("at", [VECTOR["at"], VECTOR["at"].astimezone(timezone(timedelta(hours=7)))])  # type: ignore[attr-defined]
def test_the_example_of_the_specification_is_signed_as_it_says(at: datetime) -> None:
    headers = headers_of(str(VECTOR["id"]), at, str(VECTOR["body"]), [str(VECTOR["secret"])])
    assert headers == {"webhook-id": VECTOR["id"], "webhook-timestamp": "1614265330", "webhook-signature": VECTOR["signature"]}


@given(st.text(), st.integers(1, 3))
def test_a_receiver_with_any_live_secret_takes_it_and_one_with_another_does_not(body: str, number: int) -> None:
    secrets, now = [new_secret() for _ in range(number)], datetime.now(UTC)
    body = body.encode("utf-8", "replace").decode()
    headers = dict(headers_of("an-id", now, body, secrets))
    for secret in secrets:
        Webhook(secret).verify(body, headers, json_parse=False)
        key = base64.b64decode(secret.removeprefix("whsec_"))
        by_hand = hmac.digest(key, f"an-id.{headers['webhook-timestamp']}.{body}".encode(), sha256)
        assert f"v1,{base64.b64encode(by_hand).decode()}" in headers["webhook-signature"].split(" ")
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(new_secret()).verify(body, headers, json_parse=False)


def test_a_secret_is_long_enough_and_never_the_same() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(len(base64.b64decode(secret.removeprefix("whsec_"))) == 32 for secret in made)

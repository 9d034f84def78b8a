"""Adapters of the port by which messages really leave: SMTP for emails, an HTTP gateway for phones."""

from __future__ import annotations

import json
from http.client import HTTPException
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.core.mail import EmailMessage

from loyalty.messages.sending import NotSent, Outgoing, refuse_empty

SECONDS = 20
AGAIN = {408, 425, 429}
"""Answers below 500 after which the same message may be sent again."""


class SmtpSender:
    """Emails by the server of `EMAIL_HOST`; the id of the message is its Message-ID."""

    def __init__(self, sent_from: str) -> None:
        self.sent_from = sent_from

    def send(self, message: Outgoing) -> None:
        refuse_empty(message)
        subject = " ".join(message.programme.split()) or message.text[:40]
        headers = {"Message-ID": f"<{message.message_id}@{self.sent_from.rpartition('@')[2].strip('<> ')}>"}
        try:
            EmailMessage(subject, message.text, self.sent_from, [message.to], headers=headers).send()
        except (SMTPRecipientsRefused, ValueError):
            raise NotSent("refused") from None
        except (SMTPException, OSError):
            raise NotSent("unavailable") from None


class _NoRedirect(HTTPRedirectHandler):
    """A gateway that sends us elsewhere is not the one that we trust with numbers."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


class HttpSmsGateway:
    """Text messages by one POST of JSON: `{"id", "to", "text", "sender"}`, with `Idempotency-Key` and a bearer token.

    2xx: taken over. 408, 425, 429, 5xx and silence: tried again. Anything else: refused for good.
    """

    def __init__(self, url: str, token: str) -> None:
        if not url.startswith(("https://", "http://")):
            raise ValueError("the address of an SMS gateway begins with https:// or http://")
        self.url, self.token = url, token
        self._opener = build_opener(_NoRedirect)

    def send(self, message: Outgoing) -> None:
        refuse_empty(message)
        told = {"id": str(message.message_id), "to": message.to, "text": message.text, "sender": message.programme}
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(message.message_id), "Authorization": f"Bearer {self.token}"}
        try:
            with self._opener.open(Request(self.url, json.dumps(told).encode(), headers, method="POST"), timeout=SECONDS):  # noqa: S310
                return
        except HTTPError as answered:
            raise NotSent("unavailable" if answered.code >= 500 or answered.code in AGAIN else "refused") from None
        except (OSError, HTTPException):
            raise NotSent("unavailable") from None

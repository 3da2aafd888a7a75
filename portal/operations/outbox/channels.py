"""The ways out: a mail server, a webhook for short messages, and a folder where neither may be reached."""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import requests

from portal.foundation import clock
from portal.foundation.outbox import Channel, Delivery
from portal.settings import Settings

SECONDS = 20
SIGNATURE, TIMESTAMP = "Portal-Signature", "Portal-Timestamp"
#: Answers of a webhook that say "later": everything else below 500 says "never".
LATER = frozenset({408, 425, 429})


class Undelivered(Exception):
    """A message did not leave. ``code`` says why, in one word; ``for_good``: trying again is of no use.

    The errors of libraries are not chained to it: they quote addresses, which stand in no log.
    """

    def __init__(self, code: str, *, for_good: bool = False) -> None:
        self.code, self.for_good = code, for_good
        super().__init__(code)


class Outlet(Protocol):
    """One way out."""

    def deliver(self, delivery: Delivery, reference: str) -> None:
        """Hand a message over; ``reference`` is equal when the same message is handed over again.

        Raises:
            Undelivered: it was not taken.
        """
        ...


@dataclass(frozen=True)
class MailServer:
    """Mail by SMTP, from ``smtp[s]://user:password@host:port?from=address``.

    ``smtps`` is encrypted from the start; ``smtp`` becomes so where the server offers it, and shows a password to an
    unencrypted server on this machine alone.
    """

    address: str
    domain: str

    def deliver(self, delivery: Delivery, reference: str) -> None:
        """Hand a mail to the server."""
        parts = urlsplit(self.address)
        message = mail(delivery, reference, sender=sender_of(parts), domain=self.domain)
        try:
            with self._connect(parts) as server:
                refused = server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _ in refusal.recipients.values()]
            raise Undelivered("refused", for_good=min(codes, default=500) >= 500) from None
        except smtplib.SMTPResponseException as refusal:
            raise Undelivered("refused", for_good=refusal.smtp_code >= 500) from None
        except (OSError, smtplib.SMTPException):
            raise Undelivered("unreachable") from None
        if refused:
            raise Undelivered("refused", for_good=True)

    def _connect(self, parts: SplitResult) -> smtplib.SMTP:
        host, port = parts.hostname or "localhost", parts.port or 0
        trusted = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=trusted)
        else:
            server = smtplib.SMTP(host, port, timeout=SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=trusted)
            elif parts.username and host not in {"localhost", "127.0.0.1", "::1"}:
                server.close()
                raise Undelivered("not_encrypted")
        if parts.username:
            try:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            except smtplib.SMTPException:
                server.close()
                raise Undelivered("not_logged_in") from None
        return server


@dataclass(frozen=True)
class Webhook:
    """Short messages by a POST of ``{"id", "to", "text"}``.

    ``Portal-Signature`` is the HMAC-SHA-256, hexadecimal, of ``Portal-Timestamp`` (seconds), a dot, and the body.
    """

    address: str
    secret: bytes

    def deliver(self, delivery: Delivery, reference: str) -> None:
        """Hand a short message to the service behind the webhook."""
        body = json.dumps({"id": reference, "to": delivery.to, "text": delivery.body}, ensure_ascii=False).encode()
        moment = str(int(clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: moment,
            SIGNATURE: hmac.digest(self.secret, moment.encode() + b"." + body, hashlib.sha256).hex(),
        }
        try:
            # Followed elsewhere, a redirect would carry the number to somebody the administrator has not named.
            answer = requests.post(self.address, body, headers=headers, timeout=SECONDS, allow_redirects=False)
        except requests.RequestException:
            raise Undelivered("unreachable") from None
        if not 200 <= answer.status_code < 300:
            for_good = 300 <= answer.status_code < 500 and answer.status_code not in LATER
            raise Undelivered(f"http_{answer.status_code}", for_good=for_good)


@dataclass(frozen=True)
class Folder:
    """A folder of the demonstration, where each message is kept as a file instead of being sent."""

    path: Path

    def deliver(self, delivery: Delivery, reference: str) -> None:
        """Keep a message as a file: a mail as ``.eml``, a short message as ``.json``."""
        if delivery.channel is Channel.MAIL:
            name = f"{reference}.eml"
            content = mail(delivery, reference, sender="portal@localhost", domain="localhost").as_bytes()
        else:
            name = f"{reference}.json"
            content = json.dumps(
                {"id": reference, "to": delivery.to, "text": delivery.body}, ensure_ascii=False
            ).encode()
        unfinished = self.path / f".{name}"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            unfinished.replace(self.path / name)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()
            raise Undelivered("not_kept") from None


def mail(delivery: Delivery, reference: str, *, sender: str, domain: str) -> EmailMessage:
    """A mail as it is sent. Its number is the same when it is sent again, so that a mailbox can tell.

    Raises:
        Undelivered: the address is none.
    """
    message = EmailMessage()
    try:
        message["From"], message["To"], message["Subject"] = sender, delivery.to, delivery.subject
    except (ValueError, IndexError):
        raise Undelivered("bad_address", for_good=True) from None
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{reference}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(delivery.body)
    return message


def sender_of(parts: SplitResult) -> str:
    """The address that mails come from: ``from`` of the server's address."""
    return parse_qs(parts.query).get("from", [""])[0]


def outlets(settings: Settings) -> Mapping[Channel, Outlet]:
    """The ways out that are open. In production a way that is not set up is closed, and its messages wait."""
    ways: dict[Channel, Outlet] = {}
    if not settings.is_production:
        kept = Folder(settings.data_dir / "outbox")
        ways = {Channel.MAIL: kept, Channel.SMS: kept}
    if settings.smtp_url is not None:
        ways[Channel.MAIL] = MailServer(settings.smtp_url.get_secret_value(), settings.site_domain or "localhost")
    if settings.sms_webhook_url is not None and settings.sms_webhook_secret is not None:
        secret = settings.sms_webhook_secret.get_secret_value().encode()
        ways[Channel.SMS] = Webhook(settings.sms_webhook_url.get_secret_value(), secret)
    return ways

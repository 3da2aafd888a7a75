"""The ways out, against a real mail server, a real webhook and a real folder."""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import ValidationError

from portal.foundation.outbox import Channel, Delivery
from portal.operations.outbox.channels import Folder, MailServer, Undelivered, Webhook, outlets
from portal.settings import Environment, Settings

MAIL = Delivery(Channel.MAIL, "reader@example.org", "您关注的事项有新进展 ༄ གསར་པ", "请打开平台查看。\nལྟ་རོགས།\n")
SMS = Delivery(Channel.SMS, "+8613800138000", "", "您关注的事项有新进展。")


class Mailbox:
    """What a mail server got; ``answers`` are given to the next recipients instead of taking them."""

    def __init__(self) -> None:
        self.envelopes, self.answers = [], []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def mailbox():
    box = Mailbox()

    def knows(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"post:man", b"p@ss/word"), handled=False)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = int(probe.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=box.port, authenticator=knows, auth_require_tls=False)
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def hook():
    """A webhook; ``status`` is what it answers."""
    state = SimpleNamespace(status=200, got=[])

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.got.append((dict(self.headers), body))
            self.send_response(state.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}/sms"
    yield state
    server.shutdown()
    server.server_close()


def server_at(mailbox, who="") -> MailServer:
    return MailServer(f"smtp://{who}127.0.0.1:{mailbox.port}?from=portal%40example.org", "portal.example.org")


def test_a_mail_arrives_as_it_was_written(mailbox):
    server_at(mailbox).deliver(MAIL, "outbox-7-0")
    (envelope,) = mailbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("portal@example.org", ["reader@example.org"])
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert message["Subject"] == MAIL.subject
    assert message.get_content().replace("\r\n", "\n") == MAIL.body
    assert message["Message-ID"] == "<outbox-7-0@portal.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"]


def test_a_server_that_asks_for_a_password_gets_it(mailbox):
    server_at(mailbox, "post%3Aman:p%40ss%2Fword@").deliver(MAIL, "r")
    assert len(mailbox.envelopes) == 1


def test_a_wrong_password_is_worth_another_attempt(mailbox):
    with pytest.raises(Undelivered) as failed:
        server_at(mailbox, "post%3Aman:wrong@").deliver(MAIL, "r")
    assert (failed.value.code, failed.value.for_good) == ("not_logged_in", False)


@pytest.mark.parametrize(("answer", "for_good"), [("550 no such mailbox", True), ("450 later", False)])
def test_a_refused_recipient_is_final_only_where_the_server_says_so(mailbox, answer, for_good):
    mailbox.answers.append(answer)
    with pytest.raises(Undelivered) as failed:
        server_at(mailbox).deliver(MAIL, "r")
    assert (failed.value.code, failed.value.for_good) == ("refused", for_good)
    assert "reader" not in str(failed.value)
    assert failed.value.__suppress_context__


def test_a_server_that_is_not_there_is_worth_another_attempt():
    with pytest.raises(Undelivered) as failed:
        MailServer("smtp://127.0.0.1:1?from=a@b.example", "x").deliver(MAIL, "r")
    assert (failed.value.code, failed.value.for_good) == ("unreachable", False)


def test_a_line_break_in_an_address_makes_no_second_header(mailbox):
    with pytest.raises(Undelivered) as failed:
        server_at(mailbox).deliver(Delivery(Channel.MAIL, "a@b.example\nBcc: c@d.example", "s", "b"), "r")
    assert (failed.value.code, failed.value.for_good) == ("bad_address", True)
    assert mailbox.envelopes == []


def test_a_short_message_is_posted_with_a_signature_that_its_receiver_can_check(hook):
    Webhook(hook.url, b"shared secret").deliver(SMS, "outbox-9-0")
    ((headers, body),) = hook.got
    assert json.loads(body) == {"id": "outbox-9-0", "to": SMS.to, "text": SMS.body}
    signed = headers["Portal-Timestamp"].encode() + b"." + body
    assert headers["Portal-Signature"] == hmac.new(b"shared secret", signed, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(("status", "for_good"), [(400, True), (302, True), (429, False), (408, False), (503, False)])
def test_what_a_webhook_answers_decides_whether_to_try_again(hook, status, for_good):
    hook.status = status
    with pytest.raises(Undelivered) as failed:
        Webhook(hook.url, b"s").deliver(SMS, "r")
    assert (failed.value.code, failed.value.for_good) == (f"http_{status}", for_good)
    assert len(hook.got) == 1


def test_a_webhook_that_is_not_there_is_worth_another_attempt():
    with pytest.raises(Undelivered) as failed:
        Webhook("http://127.0.0.1:1/", b"s").deliver(SMS, "r")
    assert (failed.value.code, failed.value.for_good) == ("unreachable", False)


def test_the_demonstration_keeps_messages_as_files(tmp_path):
    folder = Folder(tmp_path / "outbox")
    folder.deliver(MAIL, "outbox-1-0")
    folder.deliver(SMS, "outbox-2-0")
    folder.deliver(SMS, "outbox-2-0")
    assert sorted(path.name for path in folder.path.iterdir()) == ["outbox-1-0.eml", "outbox-2-0.json"]
    kept = email.message_from_bytes((folder.path / "outbox-1-0.eml").read_bytes(), policy=email.policy.default)
    assert kept["To"] == MAIL.to


def test_a_folder_that_cannot_be_written_is_worth_another_attempt(tmp_path):
    (tmp_path / "outbox").write_text("in the way")
    with pytest.raises(Undelivered, match="not_kept"):
        Folder(tmp_path / "outbox" / "below").deliver(SMS, "r")


def settings(**facts) -> Settings:
    return Settings(env=facts.pop("env", Environment.TEST), **facts)


def test_production_keeps_nothing_in_a_folder(tmp_path):
    assert outlets(settings(env=Environment.PRODUCTION, data_dir=tmp_path)) == {}
    assert set(outlets(settings(data_dir=tmp_path))) == set(Channel)


def test_each_way_is_opened_by_its_settings(tmp_path):
    ways = outlets(
        settings(
            env=Environment.PRODUCTION,
            data_dir=tmp_path,
            smtp_url="smtps://u:p@mail.example.org:465?from=a@b.example",
            sms_webhook_url="https://sms.example.org/",
            sms_webhook_secret="s",
        )
    )
    assert isinstance(ways[Channel.MAIL], MailServer)
    assert isinstance(ways[Channel.SMS], Webhook)


@pytest.mark.parametrize(
    "wrong",
    [
        {"smtp_url": "https://mail.example.org?from=a@b.example"},
        {"smtp_url": "smtp://mail.example.org"},
        {"sms_webhook_url": "ftp://sms.example.org", "sms_webhook_secret": "s"},
        {"sms_webhook_url": "https://sms.example.org"},
    ],
)
def test_settings_that_cannot_work_are_refused_without_their_values(wrong):
    with pytest.raises(ValidationError) as refused:
        settings(**wrong)
    assert all("example" not in fault["msg"] for fault in refused.value.errors())

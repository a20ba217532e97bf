"""A failed run of the pipeline sends a mail when a server is set."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.free_ports import free_port
from services.settings import HOST, PROJECT_ROOT, Settings
from services.setup.environment import ensure_environment
from services.stack.layout import Layout
from services.stack.native.airflow_process.component import environment

SENDER = Path(__file__).with_name("send_alert.py")


@dataclass
class Mailbox:
    """What a mail server was given."""

    mails: list[Envelope] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        self.mails.append(envelope)
        return "250 OK"


@pytest.fixture
def mail_server() -> Iterator[Controller]:
    """A mail server on a free port."""
    controller = Controller(Mailbox(), hostname=HOST, port=free_port())
    controller.start()
    yield controller
    controller.stop()


def fail(folder: Path, **mail: str) -> str:
    """Let a run of the pipeline fail under these settings; what the sender says."""
    settings = Settings(state_dir=folder, **mail)  # type: ignore[arg-type]  # texts are what mail settings are
    done = subprocess.run(
        [ensure_environment("airflow"), SENDER, PROJECT_ROOT / "airflow" / "dags"],
        env=environment(settings, Layout(folder)),
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        check=True,
        text=True,
    )
    return done.stdout.splitlines()[-1]


def test_a_failed_run_sends_one_mail(mail_server: Controller, tmp_path: Path) -> None:
    """To the address in the settings, with the DAG and the run, names escaped."""
    server = f"{HOST}:{mail_server.port}"
    said = fail(tmp_path, smtp_server=server, alert_email="me@example.org")
    (mail,) = mail_server.handler.mails
    assert isinstance(mail.content, bytes)
    message = message_from_bytes(mail.content, policy=policy.default)
    (body,) = [
        part.get_content() for part in message.walk() if part.get_content_type() == "text/html"
    ]
    assert said == "1 mails"
    assert mail.rcpt_tos == ["me@example.org"]
    assert message["Subject"] == "0a1b2c3d4e5f_dag failed (<i>manual)"
    assert "The run <b>&lt;i&gt;manual</b> of <b>0a1b2c3d4e5f_dag</b> failed" in body


def test_without_a_server_there_is_no_mail(tmp_path: Path) -> None:
    """The log has it all the same."""
    assert fail(tmp_path, alert_email="me@example.org") == "0 mails"

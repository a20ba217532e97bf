"""What happens when the pipeline fails: a line in the task's log, and one mail a run when a server is set."""

import logging
import os
from collections.abc import Mapping
from typing import Any

from airflow.providers.smtp.notifications.smtp import SmtpNotifier

log = logging.getLogger(__name__)

_SUBJECT = "{{ dag.dag_id }} failed ({{ run_id }})"
_BODY = """\
<p>The run <b>{{ run_id | e }}</b> of <b>{{ dag.dag_id | e }}</b> failed: {{ reason | e }}</p>
{% if ti is defined %}
<p>Last task: {{ ti.task_id | e }}, try {{ ti.try_number }}. Its log: {{ ti.log_url | e }}</p>
{% endif %}
<p><code>make airflow</code> says where to look.</p>
"""


def log_failure(context: Mapping[str, Any]) -> None:
    """The last line of a failed task's log: which notebook run it was and where its page is."""
    task = context["ti"]
    page = task.xcom_pull(task_ids=task.task_id, key="run_page_url")
    log.error(
        "%s failed at its last try. The executed notebook: %s",
        task.task_id,
        page or "none, the workspace was not reached",
    )


def mail_on_failure() -> list[SmtpNotifier]:
    """One mail a failed run, if `SMTP_SERVER` and `ALERT_EMAIL` are set; the stack makes the connection of them."""
    receiver = os.environ.get("PINCLOUD_ALERT_EMAIL", "")
    if not os.environ.get("PINCLOUD_SMTP_SERVER") or not receiver:
        return []
    return [SmtpNotifier(to=receiver, subject=_SUBJECT, html_content=_BODY)]

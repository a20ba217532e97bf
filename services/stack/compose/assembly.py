"""Putting the Compose stack of this checkout together, and what it needs before it can start."""

import os
import sys

from services.checkout.location import setting
from services.settings import PROJECT_ROOT, env_file, load_settings
from services.stack.compose import aws_engine, image_digests, secret_files
from services.stack.compose.project import Project
from services.stack.compose.selection import Selection, remembered
from services.stack.compose.stack import ComposeStack
from services.stack.report import Report
from services.stack.runtime import project_name
from services.stack.secrets import ensure_value, prepare_env_file

_UID = 10001
"""Of our images."""


def checkout_project(selection: Selection | None = None) -> Project:
    """The project of this checkout, by default with the profiles of the last `up`."""
    settings = load_settings()
    state = settings.state_dir.resolve()
    chosen = selection or remembered(state)
    on_request = {"triggerer"} if settings.airflow_triggerer else set()
    locked, named = image_digests.read(), image_digests.images()
    return Project(
        name=project_name(state),
        folder=PROJECT_ROOT,
        env_file=env_file().resolve(),
        variables={
            "SECRETS_FOLDER": str(state / "secrets"),
            "USER_DAGS_DIR": str(settings.user_dags_dir.resolve()),
            "NOTEBOOKS_USER": setting("NOTEBOOKS_USER") or notebooks_user(),
            **image_digests.variables(locked, named, image_digests.made_here(locked)),
            **aws_engine.variables(settings),
            **chosen.variables,
        },
        profiles=sorted(chosen.extras | on_request | {settings.aws_engine}),
    )


def notebooks_user() -> str:
    """JupyterLab's: on Linux, what it saves belongs to this user's group; elsewhere Docker sees to that."""
    return f"{_UID}:{os.getgid() if sys.platform == 'linux' else _UID}"


def checkout_stack(selection: Selection | None = None) -> ComposeStack:
    """The stack of a selection, by default of the one that was brought up last."""
    settings = load_settings()
    chosen = selection or remembered(settings.state_dir.resolve())
    return ComposeStack(checkout_project(chosen), settings, chosen)


def complete_stack(selection: Selection, report: Report) -> ComposeStack:
    """The stack of a selection, with its passwords generated and its secrets written.

    Raises:
        OSError: a file cannot be written.
    """
    prepare_env_file(env_file(), report.say)
    settings = load_settings()
    state = settings.state_dir.resolve()
    ensure_value(env_file(), "COMPOSE_PROJECT_NAME", project_name(state))
    profiles = ",".join(checkout_project(selection).profiles)
    ensure_value(env_file(), "COMPOSE_PROFILES", profiles)
    settings.user_dags_dir.mkdir(parents=True, exist_ok=True)
    stack = checkout_stack(selection)
    if secret_files.write(state / "secrets", secret_files.contents(settings)):
        stack.recreate()
    return stack

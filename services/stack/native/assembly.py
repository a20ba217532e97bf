"""Putting the stack of this checkout together, and what its machine must have before it can start."""

from services.settings import env_file, load_settings
from services.setup.environment import ensure_environment
from services.setup.native import ensure_native
from services.stack.layout import Layout
from services.stack.native import profile
from services.stack.native.airflow_process import packages
from services.stack.native.services import catalog
from services.stack.native.stack import NativeStack
from services.stack.report import Report
from services.stack.secrets import prepare_env_file


def checkout_layout() -> Layout:
    """Where the stack of this checkout keeps its things."""
    return Layout(load_settings().state_dir.resolve())


def checkout_stack(name: str | None = None) -> NativeStack:
    """The stack of a profile, by default of the one that was brought up last."""
    layout = checkout_layout()
    services = catalog.services(load_settings(), layout, name or profile.remembered(layout))
    return NativeStack(layout, services, catalog.tasks())


def complete_stack(name: str, report: Report) -> NativeStack:
    """The stack of a profile, with all that it needs on the machine and in `.env` before it can start.

    Raises:
        RuntimeError: an environment, a jar or a package could not be had.
    """
    ensure_native()
    prepare_env_file(env_file(), report.say)
    if name == "full":
        ensure_environment("airflow")
        packages.install(checkout_layout(), report)
    return checkout_stack(name)


def profile_to_start(wanted: str, report: Report) -> str:
    """The profile that was asked for, but never less than what runs."""
    running = profile.remembered(checkout_layout())
    if profile.wider(wanted, running) == wanted or not checkout_stack(running).is_up:
        return wanted
    report.say(f"The {running} stack runs, and stays as it is: `make down` stops it.", "yellow")
    return running

"""Everything of this package, put into the running process."""

from airflow2 import context, dags, deferral, modules, operators, trigger_rules, xcom


def install(*, triggerer: bool) -> None:
    """Make this process take what Airflow 2 took; a second call changes nothing.

    Args:
        triggerer: Whether a triggerer runs; without one, tasks that defer wait in their own process.
    """
    modules.install()
    trigger_rules.install()
    dags.install()
    operators.install(triggerer=triggerer)
    context.install()
    xcom.install()
    if not triggerer:
        deferral.install()

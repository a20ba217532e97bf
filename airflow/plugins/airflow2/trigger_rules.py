"""The trigger rules that had another name."""

from typing import Any

RENAMED = {"dummy": "always", "none_failed_or_skipped": "none_failed_min_one_success"}


def named(rule: Any) -> Any:
    """A rule under its name in Airflow 3."""
    return RENAMED.get(getattr(rule, "value", rule), rule) if isinstance(rule, str) else rule


def install() -> None:
    """`TriggerRule.DUMMY` and `TriggerRule("dummy")` are what they were."""
    from airflow.task import trigger_rule

    from airflow import sdk

    for rules in (sdk.TriggerRule, trigger_rule.TriggerRule):
        for old, new in RENAMED.items():
            member = rules(new)
            rules._value2member_map_[old] = member
            setattr(rules, old.upper(), member)

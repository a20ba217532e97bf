"""What `make up` says of the store that S3 and Kinesis have."""

import pytest

from services.settings import load_settings
from services.stack.compose import aws_engine


def test_the_default_says_what_it_loses_and_what_does_not() -> None:
    """In one sentence, with the setting."""
    said = aws_engine.notice(load_settings(_env_file=None))
    assert "`kill -9`" in said
    assert "AWS_ENGINE=durable" in said
    assert said.count(". ") == 0


@pytest.mark.parametrize("own", [{"aws_engine": "durable"}, {"aws_endpoint_url": "aws"}])
def test_there_is_nothing_to_say_of_others(own: dict[str, str]) -> None:
    """Of stores that lose nothing, and of a cloud that is not the stack's."""
    assert aws_engine.notice(load_settings(_env_file=None, **own)) == ""


def test_the_engines_are_profiles_of_the_file(compose: dict[str, object]) -> None:
    """And every value of the setting is one."""
    services = compose["services"]
    assert isinstance(services, dict)
    profiles = {name for row in services.values() for name in row.get("profiles", ())}
    assert set(aws_engine.PROFILES) <= profiles
    for engine in aws_engine.PROFILES:
        assert load_settings(_env_file=None, aws_engine=engine).aws_engine == engine


def test_the_other_engines_service_is_taken_away(
    default: dict[str, object], durable: dict[str, object]
) -> None:
    """What one engine has and the other has not."""
    for engine, here, there in (
        ("localstack", default, durable),
        ("durable", durable, default),
    ):
        replaced = aws_engine.replaced(load_settings(_env_file=None, aws_engine=engine))
        assert replaced <= there.keys()
        assert not replaced & here.keys()

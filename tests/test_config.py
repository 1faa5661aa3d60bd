"""The environment, read once and checked whole."""

from __future__ import annotations

from dataclasses import fields

import pytest

from chalicelib.config import Settings

OPTIONAL = {
    "STORAGE_PUBLIC_URL",
    "IDENTITY_PUBLIC_URL",
    "AWS_ENDPOINT_URL",
    "HEARING_BOT_ALIAS",
    "PRACTICE_LANDLINES",
    "CLOCK_FILE",
    "CONSOLE_ORIGIN",
    "MAIL_SENDER",
    "PUBLIC_URL",
}
COMPLETE = {field.name.upper(): f"the {field.name}" for field in fields(Settings)} | {
    "SPEECH_ENGINE": "polly",
    "ATHENA_ABOVE_MB": "200",
}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in COMPLETE.items() if name not in names}


def test_settings_are_what_the_environment_says() -> None:
    """Under the same names in lower case; what else stands in the environment is left alone."""
    settings = Settings.from_env({**COMPLETE, "HOME": "/root"})

    assert settings.lake_bucket == "the lake_bucket"
    assert settings.speech_engine == "polly"


def test_what_only_the_laptop_needs_may_be_absent() -> None:
    settings = Settings.from_env(without(*OPTIONAL))

    assert (settings.aws_endpoint_url, settings.storage_public_url) == ("", "")


def test_every_missing_name_is_told_in_one_error() -> None:
    """Whoever deploys mends them all at once; an empty value is a missing one."""
    env = {**without("LAKE_BUCKET", "USER_POOL_ID"), "JWKS_URL": ""}

    with pytest.raises(RuntimeError) as wrong:
        Settings.from_env(env)

    for name in ("LAKE_BUCKET", "USER_POOL_ID", "JWKS_URL"):
        assert name in str(wrong.value)
    assert "CONTACTS_TABLE" not in str(wrong.value)


def test_a_limit_that_is_no_number_is_told() -> None:
    with pytest.raises(RuntimeError, match="ATHENA_ABOVE_MB='200MB' is no whole number"):
        Settings.from_env({**COMPLETE, "ATHENA_ABOVE_MB": "200MB"})


def test_an_unknown_speech_engine_is_told_with_the_missing_names() -> None:
    with pytest.raises(RuntimeError) as wrong:
        Settings.from_env({**without("LAKE_BUCKET"), "SPEECH_ENGINE": "shouting"})

    assert "SPEECH_ENGINE='shouting' is not polly or espeak" in str(wrong.value)
    assert "LAKE_BUCKET" in str(wrong.value)


def test_an_empty_environment_is_told_whole() -> None:
    with pytest.raises(RuntimeError) as wrong:
        Settings.from_env({})

    named = set(str(wrong.value).removeprefix("environment: missing: ").split(", "))
    assert named == set(COMPLETE) - OPTIONAL

"""The environment, read once and checked whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a Lambda is told from outside; the names are those of the template, lower case."""

    instance_id: str
    contacts_table: str
    routing_table: str
    center_table: str
    customers_table: str
    tickets_table: str
    connections_table: str
    reports_table: str
    data_tables_table: str
    recordings_bucket: str
    lake_bucket: str
    exports_bucket: str
    prompts_bucket: str
    timers_queue_url: str
    recordings_queue_url: str
    reports_queue_url: str
    erasures_queue_url: str
    parked_facts_queue_url: str
    agent_events_stream: str
    contact_events_bus: str
    athena_workgroup: str
    athena_database: str
    athena_above_mb: str  # packed contacts of a period, in 10^6 bytes, that one function counts
    user_pool_id: str
    user_pool_client_id: str
    token_issuer: str
    jwks_url: str
    websocket_management_url: str
    websocket_public_url: str
    function_prefix: str
    speech_engine: str
    signed_path_prefixes: str
    aws_region: str
    storage_public_url: str = ""
    identity_public_url: str = ""
    aws_endpoint_url: str = ""
    practice_landlines: str = ""  # numbers, comma separated; empty: the carriers are asked
    hearing_bot_alias: str = ""
    console_origin: str = ""  # where people open the console; "*" and empty: not known
    mail_sender: str = ""  # the address that letters are sent from; empty: none is sent
    clock_file: str = ""  # a laptop's: how many seconds its clock is ahead, or behind
    public_url: str = ""  # where customers reach the pages of the REST API

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """The settings; one error that names every missing or bad variable."""
        names = {field.name: field.name.upper() for field in fields(cls)}
        given = {name: env[variable] for name, variable in names.items() if variable in env}
        optional = {field.name for field in fields(cls) if field.default == ""}
        missing = [names[n] for n in names if not given.get(n) and n not in optional]
        wrong = missing and f"missing: {', '.join(missing)}"
        if given.get("speech_engine", "polly") not in ("polly", "espeak"):
            wrong = f"{wrong or ''} SPEECH_ENGINE={given['speech_engine']!r} is not polly or espeak"
        if not (given.get("athena_above_mb") or "0").isdecimal():
            wrong = f"{wrong or ''} ATHENA_ABOVE_MB={given['athena_above_mb']!r} is no whole number"
        if wrong:
            raise RuntimeError(f"environment: {wrong}")
        return cls(**given)


def settings() -> Settings:
    return Settings.from_env(os.environ)

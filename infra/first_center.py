"""Sets up the center of a new stack: its settings, and one admin, who is invited by e-mail.

Run with the environment of the deployed functions. Hours, queues, routing profiles, flows and
people are the admin's to set up. Refuses where there is a center already.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import uuid
from collections.abc import Sequence
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import botocore.session

from chalicelib import bootstrap
from chalicelib.adapters.sign_ins import CognitoSignIns
from chalicelib.core.center import Center, User
from chalicelib.core.errors import Conflict, NotFound, Refusal, Rejected
from chalicelib.core.ids import AgentId, InstanceId
from chalicelib.core.quick_connect import is_e164

ENTRY_FLOW = "Main inbound"  # what new contacts enter, once a flow of this name is published
_ADDRESS = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+\.[A-Za-z]+")  # what a user name may be, too


class Store(Protocol):
    """Where a center and its people are kept."""

    def center(self) -> Center: ...

    def save_user(self, user: User) -> None: ...

    def save_settings(self, center: Center) -> None: ...


class Invitations(Protocol):
    """How people learn that they may sign in."""

    def invite(self, user: User) -> None: ...


def main(arguments: Sequence[str]) -> None:
    told = _parser().parse_args(arguments)
    cognito = botocore.session.get_session().create_client("cognito-idp")
    pool = CognitoSignIns(cognito, os.environ["USER_POOL_ID"])
    center = Center(
        instance_id=InstanceId(os.environ["INSTANCE_ID"]),
        name=told.name,
        time_zone=told.zone,
        main_number=told.number,
        voice_flow=ENTRY_FLOW,
        chat_flow=ENTRY_FLOW,
        region=os.environ["AWS_REGION"],
    )
    try:
        set_up(bootstrap.center_store(), pool, center, told.admin)
    except Refusal as refusal:
        sys.exit(str(refusal))
    print(f"{told.admin} is invited to {told.name}")


def set_up(store: Store, invitations: Invitations, center: Center, address: str) -> None:
    """The settings come last: a run that dies before is run again."""
    _check(center, address)
    if _is_there(store):
        raise Conflict("there is a center already, and it stays as it is")
    admin = _admin(address)
    invitations.invite(admin)
    store.save_user(admin)
    store.save_settings(center)


def _admin(address: str) -> User:
    """The same one in a run that is repeated."""
    username = address.lower()  # the pool knows no capital letters
    agent_id = AgentId(str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{username}")))
    return User(
        username=username, agent_id=agent_id, name=address, email=address, groups=("admin",)
    )


def _is_there(store: Store) -> bool:
    try:
        store.center()
    except NotFound:
        return False
    return True


def _check(center: Center, address: str) -> None:
    try:
        ZoneInfo(center.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Rejected(f"{center.time_zone!r} is no time zone") from error
    if not is_e164(center.main_number):
        raise Rejected(f"{center.main_number!r} is no number as +12025550100 is one")
    if not _ADDRESS.fullmatch(address):
        raise Rejected(f"{address!r} is no address that can be a user name")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.first_center", description=__doc__)
    parser.add_argument("--name", required=True, help="what the center is called")
    parser.add_argument("--zone", required=True, help="its time zone, as America/New_York")
    parser.add_argument("--number", required=True, help="its main number, as +12025550100")
    parser.add_argument("--admin", required=True, help="the address that is invited")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])

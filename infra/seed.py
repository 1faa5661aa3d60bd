"""Sets up the demo center `acme`: configuration, people, keys, and customers with a past.

Run with the environment of the functions on a laptop, and on no other. What is there already stays
as it is, so that running it again changes nothing that somebody set up since. Prints, as JSON, what
scripts need.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import botocore.session

from chalicelib import bootstrap
from chalicelib.adapters.dynamo.center import DynamoAccessKeys
from chalicelib.core.authority import Authority, Step
from chalicelib.core.center import (
    BUILT_IN,
    COST_CENTRE_TAG,
    AgentStatus,
    CaseTemplate,
    Center,
    Disposition,
    Menu,
    PracticeNumber,
    PracticeOutcome,
    ProfileQueue,
    Queue,
    RoutingProfile,
    StatusType,
    TaskTemplate,
    User,
)
from chalicelib.core.customer import Customer
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.events import Channel
from chalicelib.core.hours import Config, Day, HoursOfOperation
from chalicelib.core.ids import (
    AgentId,
    CustomerId,
    HoursId,
    InstanceId,
    QueueId,
    QuickConnectId,
    RoutingProfileId,
)
from chalicelib.core.quick_connect import QuickConnect, QuickConnectType
from chalicelib.core.sla import Limit, SlaPolicy
from infra import demo_places
from infra.demo_history import ANAS, give_a_past
from infra.tariffs import tariffs

ZONE = "America/New_York"
KEY_ID = "TRUNKLINEACMEDEMO000"  # one key for scripts; its secret is made once and kept
PASSWORD = "Acme-demo-2026"  # for a center on a laptop, reachable from that laptop only

SALES, SUPPORT, BILLING, VIETNAMESE = (
    QueueId(name) for name in ("sales", "support", "billing", "vietnamese")
)
TO_BILLING, TO_MAI, TO_WAREHOUSE = (
    QuickConnectId(name) for name in ("to-billing", "to-mai", "to-warehouse")
)
EVERYTHING, SERVICE = RoutingProfileId("everything"), RoutingProfileId("service")
WORK = {Channel.TASK: 10, Channel.EMAIL: 5}  # at once, as in Amazon Connect
# Numbers that no telephone company gives to anybody, by their time zones.
PRACTISED_IN = {
    "America/New_York": "+1202555",
    "Europe/London": "+44207946",
    "Australia/Sydney": "+6125550",
}
PEOPLE = {
    "agent": ("ben", "Ben Okafor", EVERYTHING),
    "agent2": ("mai", "Mai Tran", SERVICE),
    "supervisor": ("sofia", "Sofia Lindqvist", None),
    "trainee": ("tom", "Tom Becker", None),
    "admin": ("ada", "Ada Moreau", None),
    "finance": ("femi", "Femi Adeyemi", None),
}


def center() -> Center:
    """The configuration of acme."""
    office = HoursOfOperation(
        hours_id=HoursId("office"),
        name="Office",
        time_zone=ZONE,
        config=tuple(Config(day, time(9), time(17)) for day in list(Day)[:5]),
    )
    always = HoursOfOperation(
        hours_id=HoursId("always"),
        name="Always",
        time_zone=ZONE,
        config=tuple(Config(day, time(0), time(0)) for day in Day),
    )
    return Center(
        instance_id=InstanceId(os.environ["INSTANCE_ID"]),
        name="Acme",
        time_zone=ZONE,
        main_number="+12025550100",
        voice_flow="Main inbound",
        chat_flow="Main inbound",
        region=os.environ["AWS_REGION"],
        hours=(office, always),
        queues=(
            Queue(
                queue_id=SALES,
                name="Sales",
                hours_id="always",
                tags={COST_CENTRE_TAG: "CC-100"},
                max_contacts=50,
                quick_connect_ids=(TO_BILLING, TO_WAREHOUSE),
            ),
            Queue(
                queue_id=SUPPORT,
                name="Support",
                hours_id="always",
                tags={COST_CENTRE_TAG: "CC-200"},
                max_contacts=5,
                quick_connect_ids=(TO_BILLING, TO_MAI, TO_WAREHOUSE),
            ),
            Queue(
                queue_id=BILLING,
                name="Billing",
                hours_id="office",
                tags={COST_CENTRE_TAG: "CC-300"},
                max_contacts=50,
                wrap_up_seconds=60,
                quick_connect_ids=(TO_MAI,),
            ),
            Queue(
                queue_id=VIETNAMESE,
                name="Vietnamese",
                hours_id="office",
                max_contacts=50,
                quick_connect_ids=(TO_MAI,),
            ),
        ),
        quick_connects=(
            QuickConnect(
                quick_connect_id=TO_BILLING,
                name="Billing",
                type=QuickConnectType.QUEUE,
                queue_id=BILLING,
                description="Invoices and payments.",
            ),
            QuickConnect(
                quick_connect_id=TO_MAI,
                name="Mai Tran",
                type=QuickConnectType.USER,
                agent_id=AgentId("agent-mai"),
                description="Speaks Vietnamese.",
            ),
            QuickConnect(
                quick_connect_id=TO_WAREHOUSE,
                name="Warehouse",
                type=QuickConnectType.PHONE_NUMBER,
                phone_number="+12025550181",
                description="Where deliveries are.",
            ),
        ),
        profiles=(
            _profile(EVERYTHING, "Everything", (SALES, SUPPORT, BILLING, VIETNAMESE)),
            _profile(SERVICE, "Service", (SUPPORT, BILLING)),
        ),
        statuses=(
            *BUILT_IN,
            *(
                AgentStatus(status_id=name.lower(), name=name, type=StatusType.CUSTOM)
                for name in ("Break", "Lunch", "Training")
            ),
        ),
        practice_numbers=(
            *_practice_numbers(),
            PracticeNumber(number="+12025550155", talks_seconds=20, presses="1"),
        ),
        menus=(
            Menu(
                menu_id="main",
                entries={
                    "1": "queue:Sales",
                    "2": "queue:Support",
                    "3": "queue:Billing",
                    "4": "flow:Nearest place",
                    "5": "flow:Opening hours",
                },
            ),
        ),
        case_templates=(
            CaseTemplate(case_template_id="general", name="General"),
            CaseTemplate(
                case_template_id="repair", name="Repair", fields=("product", "serial_number")
            ),
        ),
        task_templates=(
            TaskTemplate(
                task_template_id="call-back",
                name="Call back",
                flow="Task",
                description="Call the customer, and say what came of it.",
            ),
        ),
        tariffs=tariffs(),
        sla_policies=(
            SlaPolicy(
                kind="complaint",
                hours_id=HoursId("office"),
                limits={Limit.RESOLUTION: 4 * 3600},
            ),
        ),
        authorities=(
            Authority(
                action="refund",
                currency="USD",
                steps=(Step("agent", Decimal("500.00")), Step("supervisor")),
            ),
        ),
        dispositions=(
            Disposition(disposition_id="resolved", label="Question answered", resolves=True),
            Disposition(disposition_id="follow-up", label="Needs a follow-up"),
            Disposition(
                disposition_id="sale",
                label="Sale",
                queue_ids=(SALES, VIETNAMESE),
                resolves=True,
            ),
            Disposition(disposition_id="no-sale", label="No sale", queue_ids=(SALES, VIETNAMESE)),
            Disposition(
                disposition_id="payment",
                label="Payment taken",
                queue_ids=(BILLING,),
                resolves=True,
            ),
            Disposition(disposition_id="wrong-number", label="Wrong number"),
        ),
    )


def main() -> None:
    if not os.environ.get("AWS_ENDPOINT_URL"):  # everybody can read the passwords above
        sys.exit("acme belongs on a laptop; `python -m infra.first_center` sets up a real center")
    store = bootstrap.center_store()
    try:
        store.center()
    except NotFound:
        store.save_settings(center())
    was, is_now = store.center(), caught_up(store.center())
    if was != is_now:
        store.save_settings(is_now)
    known = {menu.menu_id for menu in store.center().menus}
    for menu in center().menus:
        if menu.menu_id not in known:  # a center set up before there were menus
            store.save_menu(menu)
    if not store.center().practice_numbers:
        store.save_practice_numbers(center().practice_numbers)
    for user in people():
        there = store.user(user.username)
        if there is None or not there.groups:  # set up before users were listed with their groups
            store.save_user(replace(there or user, groups=user.groups))
    _sign_ups()
    _customers_with_a_past()
    bootstrap.place_store().save_places(demo_places.places(), demo_places.zip_codes())
    _letter_head()
    users = {
        role: {"username": username, "password": PASSWORD}
        for role, (username, _, _) in PEOPLE.items()
    }
    keys = {"access_key_id": KEY_ID, "secret_access_key": _secret()}
    print(json.dumps({**keys, "users": users}))


def people() -> list[User]:
    """Everybody who signs in, each in the group of their role."""
    return [
        User(
            username=username,
            agent_id=AgentId(f"agent-{username}"),
            name=name,
            profile_id=profile_id,
            groups=(_group(role),),
        )
        for role, (username, name, profile_id) in PEOPLE.items()
    ]


def _group(role: str) -> str:
    """Several people may have one role."""
    return role.rstrip("2")


def caught_up(known: Center) -> Center:
    """A center set up before there were tasks, letters, cases, quick connects, tariffs and
    promises, with agents who take and use them."""
    usual = center()
    return replace(
        known if known.quick_connects else _with_quick_connects(known, usual),
        profiles=tuple(_with_work(profile) for profile in known.profiles),
        case_templates=known.case_templates or usual.case_templates,
        task_templates=known.task_templates or usual.task_templates,
        tariffs=known.tariffs or usual.tariffs,
        sla_policies=known.sla_policies or usual.sla_policies,
        authorities=known.authorities or usual.authorities,
    )


def _with_quick_connects(known: Center, usual: Center) -> Center:
    attached = {queue.queue_id: queue.quick_connect_ids for queue in usual.queues}
    queues = tuple(
        replace(queue, quick_connect_ids=attached.get(queue.queue_id, ())) for queue in known.queues
    )
    return replace(known, quick_connects=usual.quick_connects, queues=queues)


def _with_work(profile: RoutingProfile) -> RoutingProfile:
    if Channel.TASK in profile.concurrency:
        return profile
    served = dict.fromkeys((entry.queue_id, entry.priority) for entry in profile.queues)
    new = tuple(
        ProfileQueue(queue_id=queue_id, channel=channel, priority=priority)
        for queue_id, priority in served
        for channel in WORK
    )
    return replace(
        profile, queues=(*profile.queues, *new), concurrency={**profile.concurrency, **WORK}
    )


def _practice_numbers() -> tuple[PracticeNumber, ...]:
    """Four of each; in one of these places it is always an hour to call somebody back."""
    return tuple(
        number
        for prefix in PRACTISED_IN.values()
        for number in (
            PracticeNumber(number=f"{prefix}0181", talks_seconds=5),
            PracticeNumber(number=f"{prefix}0182", outcome=PracticeOutcome.MACHINE_BEEP),
            PracticeNumber(number=f"{prefix}0183", outcome=PracticeOutcome.BUSY),
            PracticeNumber(number=f"{prefix}0184", outcome=PracticeOutcome.NO_ANSWER),
        )
    )


def _profile(
    profile_id: RoutingProfileId, name: str, queues: tuple[QueueId, ...]
) -> RoutingProfile:
    entries = tuple(
        ProfileQueue(queue_id=queue, channel=channel) for queue in queues for channel in Channel
    )
    return RoutingProfile(
        profile_id=profile_id,
        name=name,
        queues=entries,
        concurrency={Channel.VOICE: 1, Channel.CHAT: 3, **WORK},
    )


def _secret() -> str:
    keys = DynamoAccessKeys()
    known = keys.get(KEY_ID)
    if known is not None:
        return known[0]
    secret = secrets.token_urlsafe(30)
    keys.save(KEY_ID, secret, frozenset({"admin"}))
    return secret


def _letter_head() -> None:
    """The addresses that the demo writes from and to."""
    ses: Any = botocore.session.get_session().create_client("sesv2")
    for domain in ("acme.example", "customer.example"):
        with suppress(ses.exceptions.AlreadyExistsException):
            ses.create_email_identity(EmailIdentity=domain)


def _sign_ups() -> None:
    """People in the user pool, each in the group of their role."""
    pool = os.environ["USER_POOL_ID"]
    cognito: Any = botocore.session.get_session().create_client("cognito-idp")
    for role, (username, name, _) in PEOPLE.items():
        try:
            cognito.admin_get_user(UserPoolId=pool, Username=username)
        except cognito.exceptions.UserNotFoundException:
            _sign_up(cognito, pool, username, name, _group(role))


def _sign_up(cognito: Any, pool: str, username: str, name: str, group: str) -> None:
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=username,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "name", "Value": name},
            {"Name": "email", "Value": f"{username}@acme.example"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    cognito.admin_set_user_password(
        UserPoolId=pool, Username=username, Password=PASSWORD, Permanent=True
    )
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=username, GroupName=group)


def _customers_with_a_past() -> None:
    """Ana: two numbers, three contacts, an open ticket; Minh; and two who share a number."""
    now = bootstrap.now()
    people = (
        ("C-ana", "Ana Silva", "en-US", ("+12025550123", "+12025550124"), "ana@customer.example"),
        ("C-minh", "Minh Nguyen", "vi-VN", ("+12025550131",), "minh@customer.example"),
        ("C-olga", "Olga Petrova", "en-US", ("+12025550140",), "olga@customer.example"),
        ("C-oleg", "Oleg Petrov", "en-US", ("+12025550140",), "oleg@customer.example"),
    )
    for customer_id, name, language, phones, email in people:
        customer = Customer(
            customer_id=CustomerId(customer_id),
            created_at=now - timedelta(days=90),
            created_by="import",
            name=name,
            language=language,
            phones=phones,
            emails=(email,),
        )
        try:
            bootstrap.customers().register(customer)
        except Conflict:
            continue  # entered by an earlier run
        if customer_id == "C-ana":
            give_a_past(customer.customer_id, name, phones[0], ANAS, now=now)


if __name__ == "__main__":
    main()

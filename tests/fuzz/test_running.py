"""Whatever a published document says and whoever answers in whatever order: the flow goes on."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.dynamo.codec import dump, load
from chalicelib.core.flow import (
    Flow,
    FlowEntered,
    FlowType,
    Happening,
    PublishedFlow,
    Session,
    advance,
)
from chalicelib.core.flow_tools.center import Center, Fixed, published, queue_view
from chalicelib.core.flow_tools.coverage import coverage
from chalicelib.core.flow_tools.diff import diff
from chalicelib.core.flow_tools.explore import explore
from chalicelib.core.ids import QueueId
from tests.fuzz.cases import HAPPENINGS, flows

AT = datetime(2026, 3, 2, 14, tzinfo=UTC)
ITEM_BYTES = 400 * 1024  # what a row of DynamoDB holds
SESSIONS = st.sampled_from(
    [Session(), Session(target_queue_id=QueueId("Sales"), attributes={"a": "1"})]
)
CHANNELS = st.sampled_from(["VOICE", "CHAT", "TASK", "EMAIL", "X"])


def center(*flows: PublishedFlow) -> Center:
    """One queue, one calendar, and these flows."""
    return Center(
        invents=False,
        queues={"Sales": queue_view("Sales", "Office")},
        calendars={"Office": Fixed(is_open_now=True)},
    ).publish(flows)


@given(
    running=flows(),
    module=flows(),
    flow_type=st.sampled_from([t for t in FlowType if t is not FlowType.MODULE]),
    story=st.lists(HAPPENINGS, max_size=8),
    session=SESSIONS,
    channel=CHANNELS,
    chance=st.floats(0, 1, exclude_max=True),
)
def test_any_flow_takes_any_replies_in_any_order(
    running: Flow,
    module: Flow,
    flow_type: FlowType,
    story: list[Happening],
    session: Session,
    channel: str,
    chance: float,
) -> None:
    """It waits or it is over; the same story twice is the same; and it can be saved between."""
    flow = published("F", flow_type, running)
    called = published("M", FlowType.MODULE, module)
    known = center(flow, called)
    scope = {"Channel": channel, "CustomerEndpoint": {"Address": "+12025550199"}}
    for happening in [FlowEntered(flow), *story]:
        step, again = [
            advance(session, happening, scope=scope, library=known, at=AT, chance=chance)
            for _ in range(2)
        ]
        assert repr(step) == repr(again)  # NaN is not equal to itself
        assert (step.session.wait is None) == (step.session.action_id is None)
        saved = dump(step.session)
        assert load(saved, Session).wait == step.session.wait
        assert len(saved.encode()) < ITEM_BYTES
        session = step.session


@settings(max_examples=settings().max_examples // 10)  # each is walked some hundred times
@given(walked=flows(), other=flows())
def test_the_tools_take_any_flow(walked: Flow, other: Flow) -> None:
    """To walk it, to tell what was taken of it, and how it differs from another."""
    flow = published("F", "CONTACT_FLOW", walked)
    walk = explore(flow, ["VOICE"])
    assert 0 <= walk.percent <= 100
    assert 0 <= coverage([flow], []).percent <= 100
    changed = published("F", "CONTACT_FLOW", other)
    assert not diff(flow, flow)
    diff(flow, changed)

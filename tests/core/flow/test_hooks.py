"""Which flow runs at a later moment."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.core.flow import (
    Answered,
    Ask,
    FlowType,
    PlayPrompt,
    Port,
    Refused,
    Session,
    hook,
    hook_flow,
)
from chalicelib.core.ids import QueueId
from tests.core.flow.build import begin, block, branches, flow, go_on, library

SAY = block("Say", "MessageParticipant", {"Text": "A call from Sales"}, "End")
WHISPER = flow(SAY, name="Our whisper", type_=FlowType.AGENT_WHISPER)
DEFAULT = flow(SAY, name="Default agent whisper", type_=FlowType.AGENT_WHISPER)
CHOSEN = Session(event_hooks={"AgentWhisper": "Our whisper"})


def test_the_chosen_flow_runs() -> None:
    """Rather than the center's own."""
    known = library(WHISPER, DEFAULT)

    assert hook(CHOSEN, "AgentWhisper") == "Our whisper"
    assert hook_flow(CHOSEN, "AgentWhisper", known) == WHISPER


def test_the_centers_own_flow_runs_when_none_was_chosen_or_it_is_gone() -> None:
    """A deleted whisper must not leave the agent without one."""
    assert hook_flow(Session(), "AgentWhisper", library(DEFAULT)) == DEFAULT
    assert hook_flow(CHOSEN, "AgentWhisper", library(DEFAULT)) == DEFAULT


def test_a_flow_of_another_type_does_not_run() -> None:
    """Its end would end the contact."""
    wrong = flow(SAY, name="Our whisper")

    assert hook_flow(CHOSEN, "AgentWhisper", library(wrong)) is None


def test_nothing_runs_where_execution_was_disabled() -> None:
    """The agent knows who calls and wants silence."""
    published = flow(
        block(
            "Set",
            "UpdateContactEventHooks",
            {
                "EventHooks": {"AgentWhisper": "Our whisper"},
                "EventHooksConfiguration": {"AgentWhisper": {"DisableExecution": "true"}},
            },
            "End",
            fails="Failed",
        )
    )
    known = library(published, WHISPER, DEFAULT)

    session = begin(published, known=known).session

    assert hook(session, "AgentWhisper") is None
    assert hook_flow(session, "AgentWhisper", known) is None


def test_the_flow_of_a_hook_begins_on_the_same_session() -> None:
    """With the attributes that were set before."""
    session = Session(attributes={"customerName": "Ana"}, event_hooks={"AgentHold": "x"})

    step = begin(WHISPER, session=session)

    assert step.session.attributes == {"customerName": "Ana"}
    assert step.session.event_hooks == {"AgentHold": "x"}


def test_the_flow_for_who_remains_is_one_like_any_caller_enters() -> None:
    """A survey after the agent has left."""
    survey = flow(SAY, name="Survey")
    session = Session(event_hooks={"CustomerRemaining": "Survey"})

    assert hook_flow(session, "CustomerRemaining", library(survey)) == survey


def test_an_outbound_whisper_that_does_not_say_when_calls_the_customer_first() -> None:
    """Most that admins write only say something, and somebody has to be there to hear it."""
    whisper = flow(SAY, name="Sales calls", type_=FlowType.OUTBOUND_WHISPER)

    rings = begin(whisper)
    answered = go_on(rings, Answered({"State": "connected"}), whisper)
    refused = go_on(rings, Refused("NotDialled", "at this hour"), whisper)

    assert isinstance(rings.effect, Ask)
    assert (rings.effect.port, rings.effect.verb) == (Port.LINE, "complete_outbound")
    assert rings.commands == ()
    assert branches(answered)[0] == ("$dial", "next")
    assert answered.session.results["Line"] == {"State": "connected"}
    assert isinstance(answered.commands[0], PlayPrompt)
    assert refused.is_ended


def test_an_outbound_whisper_that_says_when_calls_then() -> None:
    dial = block("Dial", "CompleteOutboundCall", to="Say")
    late = block("Set", "UpdateContactAttributes", {"Attributes": {"a": "b"}}, "Dial")
    whisper = flow(late, dial, SAY, name="Sales calls", type_=FlowType.OUTBOUND_WHISPER)

    rings = begin(whisper)

    assert rings.session.attributes == {"a": "b"}
    assert rings.session.action_id == "Dial"


def test_who_is_called_hears_the_whisper_of_the_queue_that_calls() -> None:
    """Unless a flow chose another one; a queue without one has the center's own."""
    ours, chosen, usual = (
        flow(SAY, name=name, type_=FlowType.OUTBOUND_WHISPER)
        for name in ("Sales calls", "Chosen", "Default outbound")
    )
    known = library(ours, chosen, usual)
    known.queues["Sales"] = replace(known.queues["Sales"], outbound_flow="Sales calls")
    sales, support = (Session(target_queue_id=QueueId(name)) for name in ("Sales", "Support"))

    assert hook_flow(sales, "OutboundWhisper", known) == ours
    assert hook_flow(support, "OutboundWhisper", known) == usual
    by_flow = replace(sales, event_hooks={"OutboundWhisper": "Chosen"})
    assert hook_flow(by_flow, "OutboundWhisper", known) == chosen

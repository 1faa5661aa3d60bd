"""Flows of later moments: whispers, holds, the customer who remains, guides, pauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters.announcer import desk_turn_frame, turn_frame
from chalicelib.adapters.dynamo.codec import dump_contact, load_contact
from chalicelib.core.center import ProfileQueue
from chalicelib.core.contact import ContactState, Leg
from chalicelib.core.errors import Conflict, Denied, Rejected
from chalicelib.core.events import (
    AttributesUpdated,
    Channel,
    ContactDisconnected,
    DisconnectReason,
    Party,
)
from chalicelib.core.flow import (
    Answered,
    InputReceived,
    PlaybackFinished,
    PlayPrompt,
    Port,
    PresentView,
    Said,
    spoken_text,
)
from chalicelib.core.ids import AgentId, ConnectionId, ContactId
from chalicelib.core.routing import Slot, SlotState
from chalicelib.services.asking import Inquiry, Pending, Reply
from chalicelib.services.ports import Connection, TimerKind
from chalicelib.services.socket_room import SocketRoom
from tests.fakes.world import SilentVoice
from tests.house import BEN, CLEO, DONE, PROFILE, SALES, House, action, document, to_queue

END: dict[str, object] = {
    "Identifier": "Done",
    "Type": "EndFlowExecution",
    "Parameters": {},
    "Transitions": {},
}


def whisper(text: str, *before: dict[str, object]) -> str:
    """Says one thing and is over."""
    return document(*before, action("Tell", "MessageParticipant", "Done", Text=text), END)


def hold_music(text: str) -> str:
    loop = action("Loop", "MessageParticipantIteratively", "", Messages=[{"Text": text}])
    return document(loop)


def choosing(**hooks: str) -> str:
    """To Sales, with these flows for later moments."""
    blocks = [
        action(f"Set {name}", "UpdateContactEventHooks", "", EventHooks={name: f"flow:{flow}"})
        for name, flow in hooks.items()
    ]
    following = [*(str(block["Identifier"]) for block in blocks[1:]), "Choose"]
    for block, next_one in zip(blocks, following, strict=True):
        errors = [{"ErrorType": "NoMatchingError", "NextAction": "Sorry"}]
        block["Transitions"] = {"NextAction": next_one, "Errors": errors}
    return to_queue("Sales", *blocks)


SURVEY = document(
    action("Thanks", "MessageParticipant", "Grade", Text="How was it?"),
    {
        "Identifier": "Grade",
        "Type": "GetParticipantInput",
        "Parameters": {
            "Text": "Press 1 to 5.",
            "StoreInput": "True",
            "InputTimeLimitSeconds": "5",
            "InputValidation": {"CustomValidation": {"MaximumLength": "1"}},
        },
        "Transitions": {
            "NextAction": "Keep",
            "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "Sorry"}],
        },
    },
    action("Keep", "UpdateContactAttributes", "End", Attributes={"grade": "$.StoredCustomerInput"}),
)


class HookedHouse(House):
    """A center with a flow for every moment, and callers who go through them."""

    def __init__(self) -> None:
        super().__init__()
        for name, type_, content in (
            ("Your agent", "CUSTOMER_WHISPER", whisper("Ben is coming.")),
            ("For agents", "AGENT_WHISPER", whisper("A call for $.Queue.Name.")),
            ("Music", "CUSTOMER_HOLD", hold_music("La la.")),
            ("Survey", "CONTACT_FLOW", SURVEY),
        ):
            self.publish(name, content, type_=type_)
        self.publish("Whispers", choosing(CustomerWhisper="Your agent", AgentWhisper="For agents"))
        self.publish("Agent whisper", choosing(AgentWhisper="For agents"))
        self.publish("Hold", choosing(CustomerHold="Music"))
        self.publish("Remain", choosing(CustomerRemaining="Survey"))

    def is_answered(self, flow: str | None = None, **more: object) -> ContactId:
        self.signs_in("ben")
        contact_id = self.rings(flow, **more)
        self.opens_a_socket(contact_id)
        self.answers(BEN, contact_id)
        self.streams()
        return contact_id

    def heard_out(self, contact_id: ContactId, leg: Leg) -> None:
        """The device of this leg has played all it had to."""
        wait = self.contact(contact_id).leg(leg).session.wait
        assert wait is not None, f"nothing is awaited on {leg}"
        self.flows.reply(contact_id, wait.number, PlaybackFinished(), leg)
        self.streams()

    def said(self, contact_id: ContactId, leg: Leg) -> list[str]:
        turn = self.contact(contact_id).leg(leg).turn
        return [spoken_text(c.prompt) for c in turn if isinstance(c, PlayPrompt)]

    def slot(self, contact_id: ContactId) -> Slot:
        slot = self.agent(BEN).slot(contact_id)
        assert slot is not None
        return slot

    def page(self, contact_id: ContactId) -> list[str]:
        """What the customer's page is told to do."""
        frame = turn_frame(self.contact(contact_id), SilentVoice())
        return [command["do"] for command in frame["commands"]]

    def desk_page(self, contact_id: ContactId, leg: Leg = Leg.AGENT) -> list[str]:
        frame = desk_turn_frame(self.contact(contact_id), leg, SilentVoice())
        return [command["do"] for command in frame["commands"]]


@pytest.fixture
def house() -> HookedHouse:
    return HookedHouse()


# --- whispers -------------------------------------------------------------------------------------


def test_customer_and_agent_each_hear_their_own_whisper_before_they_are_joined(
    house: HookedHouse,
) -> None:
    contact_id = house.is_answered("Whispers")

    assert ["Ben is coming."] == house.said(contact_id, Leg.CUSTOMER)
    assert ["A call for Sales."] == house.said(contact_id, Leg.AGENT)
    assert ["play", "drain"] == house.page(contact_id) == house.desk_page(contact_id)
    assert (SlotState.CONNECTED, False) == (
        house.slot(contact_id).state,
        house.slot(contact_id).is_joined,
    )


@pytest.mark.parametrize("first", [Leg.CUSTOMER, Leg.AGENT])
def test_the_two_are_joined_when_the_second_whisper_is_over(house: HookedHouse, first: Leg) -> None:
    """Whichever that is; who is ready first waits in silence."""
    contact_id = house.is_answered("Whispers")
    second = Leg.AGENT if first is Leg.CUSTOMER else Leg.CUSTOMER

    house.heard_out(contact_id, first)
    assert not house.contact(contact_id).is_joined
    pages = {Leg.CUSTOMER: house.page(contact_id), Leg.AGENT: house.desk_page(contact_id)}
    assert ["wait"] == pages[first]
    house.heard_out(contact_id, second)

    assert house.contact(contact_id).is_joined
    assert house.slot(contact_id).is_joined
    assert ["connect"] == house.page(contact_id) == house.desk_page(contact_id)
    assert 1 == house.facts(contact_id).count("ContactJoined")
    assert "ContactJoined" == house.announcer.kinds(BEN)[-1]


def test_one_whisper_alone_holds_the_talk_back_as_well(house: HookedHouse) -> None:
    contact_id = house.is_answered("Agent whisper")

    assert ["wait"] == house.page(contact_id)
    house.heard_out(contact_id, Leg.AGENT)
    assert ["connect"] == house.page(contact_id)


def test_without_whispers_the_answer_is_one_commit_and_the_talk_begins(house: HookedHouse) -> None:
    house.signs_in("ben")
    contact_id = house.rings()
    before = len(house.contacts.commits)

    house.answers(BEN, contact_id)

    assert 1 == len(house.contacts.commits) - before
    assert house.contact(contact_id).is_joined
    assert house.slot(contact_id).is_joined
    assert "ContactJoined" not in house.facts(contact_id)


def test_whispers_need_one_commit_to_begin_and_one_for_each_to_end(house: HookedHouse) -> None:
    house.signs_in("ben")
    contact_id = house.rings("Whispers")
    before = len(house.contacts.commits)

    house.answers(BEN, contact_id)
    house.heard_out(contact_id, Leg.AGENT)
    house.heard_out(contact_id, Leg.CUSTOMER)

    assert 3 == len(house.contacts.commits) - before


def test_a_center_has_whispers_of_its_own_for_flows_that_choose_none(house: HookedHouse) -> None:
    house.publish("Default agent whisper", whisper("Usual."), type_="AGENT_WHISPER")
    house.publish(
        "Quiet",
        to_queue(
            "Sales",
            action(
                "No whisper",
                "UpdateContactEventHooks",
                "Choose",
                EventHooks={"AgentWhisper": "flow:Default agent whisper"},
                EventHooksConfiguration={"AgentWhisper": {"DisableExecution": "true"}},
            ),
        ),
    )

    usual = house.is_answered()
    assert ["Usual."] == house.said(usual, Leg.AGENT)
    house.signs_in("cleo")
    quiet = house.rings("Quiet")
    house.answers(CLEO, quiet)
    assert house.contact(quiet).is_joined


def test_a_whisper_on_a_chat_is_read_by_its_own_side_and_delays_nothing(
    house: HookedHouse,
) -> None:
    house.signs_in("ben")
    started = house.chats("Whispers")

    house.answers(BEN, started.contact_id)

    assert house.contact(started.contact_id).is_joined
    read = [item.content for item in house.contacts.items(started.contact_id)]
    assert ["Ben is coming."] == read
    assert ["play", "connect"] == house.desk_page(started.contact_id)


def test_attributes_that_one_leg_sets_are_known_on_the_other(house: HookedHouse) -> None:
    """A whisper names the agent; the flow after the call reads it."""
    naming = action(
        "Name", "UpdateContactAttributes", "Tell", Attributes={"by": "$.Agent.UserName"}
    )
    house.publish("For agents", whisper("Hello.", naming), type_="AGENT_WHISPER", version=2)
    contact_id = house.is_answered("Whispers")

    assert "ben" == house.contact(contact_id).attributes["by"]
    assert "ben" == house.contact(contact_id).leg(Leg.AGENT).session.attributes["by"]
    assert {"by": "ben"} == house.events(contact_id, AttributesUpdated)[-1].attributes


def test_a_whisper_that_never_ends_is_cut_after_two_minutes(house: HookedHouse) -> None:
    """A desk whose tab has died during the whisper says nothing any more."""
    contact_id = house.is_answered("Whispers")
    house.heard_out(contact_id, Leg.CUSTOMER)

    house.later(119)
    house.rings_what_is_due()
    assert not house.contact(contact_id).is_joined
    house.later(1)
    house.rings_what_is_due()

    assert house.contact(contact_id).is_joined
    assert ["connect"] == house.page(contact_id) == house.desk_page(contact_id)
    assert 1 == house.facts(contact_id).count("ContactJoined")


def test_each_leg_has_timers_of_its_own_that_know_their_wait(house: HookedHouse) -> None:
    contact_id = house.is_answered("Whispers")
    wait = house.contact(contact_id).leg(Leg.AGENT).session.wait
    assert wait is not None

    keys = [timer.key for timer in house.timers.of(TimerKind.FLOW)]
    assert f"AGENT:{wait.number}" in keys
    house.flows.time_out(contact_id, f"AGENT:{wait.number}")
    assert not house.contact(contact_id).leg(Leg.AGENT).is_running
    assert house.contact(contact_id).leg(Leg.CUSTOMER).is_running


def test_an_answer_of_one_leg_is_none_of_the_other(house: HookedHouse) -> None:
    """Both legs wait under a number 1; only its own device answers for each."""
    contact_id = house.is_answered("Agent whisper")
    before = house.contact(contact_id)

    house.flows.reply(contact_id, 1, PlaybackFinished(), Leg.CUSTOMER)

    assert before == house.contact(contact_id)


def test_a_customer_who_hangs_up_during_the_whisper_leaves_the_agent_with_after_contact_work(
    house: HookedHouse,
) -> None:
    contact_id = house.is_answered("Whispers")

    house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)

    assert SlotState.ENDED is house.slot(contact_id).state
    assert ["end"] == house.desk_page(contact_id) == house.page(contact_id)
    late = house.contact(contact_id)
    house.flows.reply(contact_id, 1, PlaybackFinished(), Leg.AGENT)
    house.flows.end_whispers(contact_id)
    assert late == house.contact(contact_id)


def test_an_agent_who_hangs_up_during_the_whisper_ends_the_contact(house: HookedHouse) -> None:
    contact_id = house.is_answered("Whispers")

    house.desk.hang_up(BEN, contact_id)

    assert ContactState.ENDED is house.contact(contact_id).state
    assert not house.contact(contact_id).leg(Leg.AGENT).is_running


def test_a_lost_race_at_the_answer_begins_the_whispers_once(house: HookedHouse) -> None:
    house.signs_in("ben")
    contact_id = house.rings("Whispers")
    offer_id = house.offer_of(contact_id)

    def sets_something() -> None:
        house.contacts_service.append(contact_id, AttributesUpdated(attributes={"a": "b"}))

    house.contacts.meanwhile = [sets_something]
    house.desk.accept(BEN, contact_id, offer_id)

    assert 1 == house.facts(contact_id).count("ContactConnected")
    assert 3 + 1 == house.facts(contact_id).count("FlowStarted") + 1
    assert ["A call for Sales."] == house.said(contact_id, Leg.AGENT)


def test_a_whisper_cannot_end_the_contact(house: HookedHouse) -> None:
    """A document may hold what its type does not allow: the agent who has answered stays."""
    rude = document(action("Bye", "MessageParticipant", "End", Text="Bye."))
    house.publish("For agents", rude, type_="AGENT_WHISPER", version=2)
    contact_id = house.is_answered("Agent whisper")

    house.heard_out(contact_id, Leg.AGENT)

    assert house.contact(contact_id).is_joined


def test_a_flow_of_another_type_is_no_whisper(house: HookedHouse) -> None:
    """Its end would be the end of the contact."""
    house.publish("Odd", choosing(AgentWhisper="Survey"))

    assert house.contact(house.is_answered("Odd")).is_joined


@pytest.mark.parametrize("name", ["Your agent", "For agents"])
def test_a_whisper_deleted_while_it_runs_is_over_and_the_two_are_joined(
    house: HookedHouse, name: str
) -> None:
    contact_id = house.is_answered("Whispers")
    forget(house, name)

    house.heard_out(contact_id, Leg.AGENT)
    house.heard_out(contact_id, Leg.CUSTOMER)

    assert house.contact(contact_id).is_joined


def test_a_desk_that_comes_back_gets_the_turn_that_still_runs(house: HookedHouse) -> None:
    contact_id = house.is_answered("Whispers")

    turns = house.desk.hello("ben", "ws-ben-2", after=0).turns  # type: ignore[arg-type]
    assert [(contact_id, Leg.AGENT)] == [(contact.contact_id, leg) for contact, leg in turns]
    house.heard_out(contact_id, Leg.AGENT)
    assert [] == house.desk.hello("ben", "ws-ben-2", after=0).turns  # type: ignore[arg-type]


def test_legs_are_stored_as_they_are(house: HookedHouse) -> None:
    contact = house.contact(house.is_answered("Whispers"))

    assert contact == load_contact(dump_contact(contact))


def forget(house: House, name: str) -> None:
    """No version of it can be found any more."""
    for key in [key for key in house.center.versions if key[0] == name.lower()]:
        del house.center.versions[key]


def test_the_stream_tells_a_desk_its_turn_when_the_worker_died_before_it_did(
    house: HookedHouse,
) -> None:
    contact_id = house.is_answered("Whispers")
    house.announcer.desk_turns.clear()
    answered = house.contacts.commits[-1].contact
    assert answered is not None

    house.follow_up.follow(answered.before, answered.settled.after)
    house.follow_up.follow(house.contact(contact_id), house.contact(contact_id))

    assert [Leg.AGENT] == [leg for leg, _ in house.announcer.desk_turns]


# --- holds ----------------------------------------------------------------------------------------


def test_a_customer_on_hold_hears_the_hold_flow_and_then_the_agent_again(
    house: HookedHouse,
) -> None:
    contact_id = house.is_answered("Hold")

    house.desk.hold(BEN, contact_id)
    assert ["hold", "loop"] == house.page(contact_id)
    assert (False, Party.CUSTOMER) == (
        house.slot(contact_id).is_joined,
        house.slot(contact_id).held,
    )
    house.desk.resume(BEN, contact_id)

    assert ["connect"] == house.page(contact_id)
    assert (True, None) == (house.slot(contact_id).is_joined, house.slot(contact_id).held)
    assert ["ContactHeld", "ContactResumed"] == house.announcer.kinds(BEN)[-2:]


def test_without_a_hold_flow_the_customer_hears_nothing(house: HookedHouse) -> None:
    contact_id = house.is_answered()

    house.desk.hold(BEN, contact_id)

    assert ["hold", "wait"] == house.page(contact_id)


def test_holding_and_resuming_twice_is_once(house: HookedHouse) -> None:
    contact_id = house.is_answered("Hold")

    for _ in range(2):
        house.desk.hold(BEN, contact_id)
    for _ in range(2):
        house.desk.resume(BEN, contact_id)

    facts = house.facts(contact_id)
    assert (1, 1) == (facts.count("ContactHeld"), facts.count("ContactResumed"))


def test_a_second_hold_begins_the_music_anew_and_old_answers_fit_no_more(
    house: HookedHouse,
) -> None:
    contact_id = house.is_answered("Hold")
    house.desk.hold(BEN, contact_id)
    first = house.contact(contact_id).session.wait
    house.desk.resume(BEN, contact_id)
    house.desk.hold(BEN, contact_id)
    second = house.contact(contact_id).session.wait

    assert first is not None
    assert second is not None
    assert first.number < second.number


def test_only_the_agent_of_a_joined_call_holds_it(house: HookedHouse) -> None:
    whispering = house.is_answered("Whispers")
    with pytest.raises(Conflict):
        house.desk.hold(BEN, whispering)
    with pytest.raises(Denied):
        house.desk.hold(CLEO, whispering)
    house.desk.end(whispering, DisconnectReason.CUSTOMER_DISCONNECT)
    with pytest.raises(Conflict):
        house.desk.hold(BEN, whispering)


def test_a_chat_is_not_put_on_hold(house: HookedHouse) -> None:
    house.signs_in("ben")
    contact_id = house.chats().contact_id
    house.answers(BEN, contact_id)

    with pytest.raises(Rejected, match="chat"):
        house.desk.hold(BEN, contact_id)


@pytest.mark.parametrize("who", ["agent", "customer"])
def test_hanging_up_on_hold_ends_the_hold(house: HookedHouse, who: str) -> None:
    contact_id = house.is_answered("Hold")
    house.desk.hold(BEN, contact_id)

    if who == "agent":
        house.desk.hang_up(BEN, contact_id)
    else:
        house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)

    assert house.contact(contact_id).held is None
    assert (SlotState.ENDED, None) == (house.slot(contact_id).state, house.slot(contact_id).held)
    assert ["end"] == house.page(contact_id)


def test_a_hold_flow_deleted_while_it_plays_leaves_the_customer_on_hold(
    house: HookedHouse,
) -> None:
    house.publish("Music", whisper("One moment."), type_="CUSTOMER_HOLD", version=2)
    contact_id = house.is_answered("Hold")
    house.desk.hold(BEN, contact_id)
    forget(house, "Music")

    house.heard_out(contact_id, Leg.CUSTOMER)

    assert Party.CUSTOMER is house.contact(contact_id).held
    house.desk.resume(BEN, contact_id)
    assert house.contact(contact_id).is_joined


# --- guides: flows beside the talk ----------------------------------------------------------------


class ViewsAtDesks:
    """Shows what is asked for; any action is an answer."""

    def ask(self, inquiry: Inquiry) -> Reply:
        return Pending(commands=(PresentView({"name": inquiry.text("ViewName")}),))

    def hear(self, inquiry: Inquiry, memory: object, said: Said) -> Reply:
        return Answered({"Action": said.action}, result=said.action)


def guide(*then: dict[str, object]) -> str:
    first = str(then[0]["Identifier"])
    return document(
        {
            "Identifier": "Show",
            "Type": "ShowView",
            "Parameters": {
                "ViewResource": {"Id": "form", "Version": "1"},
                "InvocationTimeLimitSeconds": "400",
                "ViewData": {},
            },
            "Transitions": {
                "NextAction": "Sorry",
                "Conditions": [
                    {"NextAction": first, "Condition": {"Operator": "Equals", "Operands": ["go"]}}
                ],
                "Errors": [
                    {"ErrorType": "NoMatchingCondition", "NextAction": "Sorry"},
                    {"ErrorType": "NoMatchingError", "NextAction": "Sorry"},
                    {"ErrorType": "TimeLimitExceeded", "NextAction": "Sorry"},
                ],
            },
        },
        *then,
    )


def holding(state: str) -> str:
    return guide(
        action(
            "Set",
            "UpdatePreviousContactParticipantState",
            "End",
            PreviousContactParticipantState=state,
        )
    )


def is_guided(house: HookedHouse, content: str, hook: str = "DefaultAgentUI") -> ContactId:
    house.respondents[Port.VIEW] = ViewsAtDesks
    house.publish("Guide", content)
    house.publish("Guided", choosing(**{hook: "Guide", "CustomerHold": "Music"}))
    return house.is_answered("Guided")


def test_a_guide_is_shown_on_the_desk_beside_the_talk(house: HookedHouse) -> None:
    """The customer sees and waits for nothing of it, and its end ends nothing else."""
    note = action("Note", "UpdateContactAttributes", "End", Attributes={"step": "$.Views.Action"})
    contact_id = is_guided(house, guide(note))

    assert house.contact(contact_id).is_joined
    assert ["view"] == house.desk_page(contact_id, Leg.GUIDE)
    assert ["connect"] == house.page(contact_id)
    house.flows.hear(contact_id, Said(action="go"), leg=Leg.GUIDE)

    assert "go" == house.contact(contact_id).attributes["step"]
    assert ["wait"] == house.desk_page(contact_id, Leg.GUIDE)
    assert house.contact(contact_id).is_joined


def test_a_guide_puts_the_customer_on_hold_and_takes_them_back(house: HookedHouse) -> None:
    contact_id = is_guided(house, holding("CustomerOnHold"))

    house.flows.hear(contact_id, Said(action="go"), leg=Leg.GUIDE)

    assert Party.CUSTOMER is house.contact(contact_id).held
    assert ["hold", "loop"] == house.page(contact_id)
    assert Party.CUSTOMER is house.slot(contact_id).held
    assert "ContactHeld" == house.announcer.kinds(BEN)[-1]


def test_an_agent_on_hold_hears_the_agents_hold_flow(house: HookedHouse) -> None:
    house.publish("Default agent hold", hold_music("Wait, agent."), type_="AGENT_HOLD")
    contact_id = is_guided(house, holding("AgentOnHold"))

    house.flows.hear(contact_id, Said(action="go"), leg=Leg.GUIDE)

    assert Party.AGENT is house.contact(contact_id).held
    assert ["hold", "loop"] == house.desk_page(contact_id)
    assert ["hold", "wait"] == house.page(contact_id)
    house.desk.resume(BEN, contact_id)
    assert ["connect"] == house.desk_page(contact_id) == house.page(contact_id)


def test_a_guide_takes_the_customer_off_hold(house: HookedHouse) -> None:
    contact_id = is_guided(house, holding("OffHold"))
    house.desk.hold(BEN, contact_id)

    house.flows.hear(contact_id, Said(action="go"), leg=Leg.GUIDE)

    assert house.contact(contact_id).is_joined


def test_a_flow_without_an_agent_holds_nobody(house: HookedHouse) -> None:
    """The error branch; the caller goes on."""
    block = action(
        "Hold",
        "UpdatePreviousContactParticipantState",
        "Choose",
        PreviousContactParticipantState="AgentOnHold",
    )
    house.publish("Early", to_queue("Sales", block))
    contact_id = house.rings("Early")

    assert house.contact(contact_id).held is None
    assert ["Sorry."] == house.said(contact_id, Leg.CUSTOMER)


def test_a_guide_at_the_end_helps_with_the_after_contact_work(house: HookedHouse) -> None:
    note = action("Note", "UpdateContactAttributes", "End", Attributes={"done": "$.Views.Action"})
    contact_id = is_guided(house, guide(note), hook="DisconnectAgentUI")
    assert "GUIDE" not in house.contact(contact_id).legs

    house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)
    assert ["view"] == house.desk_page(contact_id, Leg.GUIDE)
    house.flows.hear(contact_id, Said(action="go"), leg=Leg.GUIDE)

    assert "go" == house.contact(contact_id).attributes["done"]
    house.desk.complete(BEN, contact_id, DONE)
    assert ContactState.COMPLETED is house.contact(contact_id).state


def test_a_guide_deleted_while_it_is_shown_is_over_and_the_talk_goes_on(
    house: HookedHouse,
) -> None:
    note = action("Note", "UpdateContactAttributes", "End", Attributes={"step": "done"})
    contact_id = is_guided(house, guide(note))
    forget(house, "Guide")

    house.flows.hear(contact_id, Said(action="go"), leg=Leg.GUIDE)

    assert not house.contact(contact_id).leg(Leg.GUIDE).is_running
    assert house.contact(contact_id).is_joined


def test_nobody_but_the_contacts_agent_speaks_for_the_desk(house: HookedHouse) -> None:
    contact_id = house.is_answered("Whispers")

    assert contact_id == house.desk.own(BEN, contact_id)
    with pytest.raises(Denied):
        house.desk.own(CLEO, contact_id)


# --- the customer who remains ---------------------------------------------------------------------


def test_the_customer_goes_on_after_the_agent_hangs_up(house: HookedHouse) -> None:
    """The agent's work begins at once all the same; the flow's end is the contact's."""
    contact_id = house.is_answered("Remain")

    house.desk.hang_up(BEN, contact_id)
    house.streams()

    assert ContactState.REMAINING is house.contact(contact_id).state
    assert SlotState.ENDED is house.slot(contact_id).state
    assert house.at + timedelta(seconds=60) == house.slot(contact_id).wrap_up_ends_at
    assert ["play", "collect"] == house.page(contact_id)
    wait = house.contact(contact_id).session.wait
    assert wait is not None
    house.flows.reply(contact_id, wait.number, InputReceived("4"))

    assert ContactState.ENDED is house.contact(contact_id).state
    assert "4" == house.contact(contact_id).attributes["grade"]
    (over,) = house.events(contact_id, ContactDisconnected)
    assert (DisconnectReason.CONTACT_FLOW_DISCONNECT, "REMAINING") == (over.reason, over.was_in)
    assert 1 == house.facts(contact_id).count("AfterContactWorkStarted")
    assert SlotState.ENDED is house.slot(contact_id).state
    house.desk.complete(BEN, contact_id, DONE)
    assert ContactState.COMPLETED is house.contact(contact_id).state


def test_the_agent_may_be_done_before_the_customer(house: HookedHouse) -> None:
    """And gets the next contact; this one is complete when its customer goes."""
    contact_id = house.is_answered("Remain")
    house.desk.hang_up(BEN, contact_id)

    house.desk.complete(BEN, contact_id, DONE)
    assert ContactState.REMAINING is house.contact(contact_id).state
    next_one = house.rings()
    assert BEN == house.rings_at(next_one)
    house.desk.complete(BEN, contact_id, DONE)  # twice is once
    house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)

    assert ContactState.COMPLETED is house.contact(contact_id).state
    facts = house.facts(contact_id)
    assert (1, 1) == (facts.count("AfterContactWorkEnded"), facts.count("ContactCompleted"))
    assert BEN == house.rings_at(next_one)


def test_the_server_ends_the_after_contact_work_while_the_customer_remains(
    house: HookedHouse,
) -> None:
    contact_id = house.is_answered("Remain")
    house.desk.hang_up(BEN, contact_id)
    house.streams()

    house.later(60)
    house.rings_what_is_due()

    assert ContactState.REMAINING is house.contact(contact_id).state
    assert () == house.agent(BEN).slots


def test_an_agent_who_hangs_up_twice_leaves_the_customer_in_the_flow(house: HookedHouse) -> None:
    contact_id = house.is_answered("Remain")

    house.desk.hang_up(BEN, contact_id)
    once = house.contact(contact_id)
    house.desk.hang_up(BEN, contact_id)

    assert once == house.contact(contact_id)


def test_a_disconnect_flow_that_has_nothing_to_ask_ends_the_contact_at_once(
    house: HookedHouse,
) -> None:
    house.publish(
        "Survey",
        document(action("Note", "UpdateContactAttributes", "End", Attributes={"a": "b"})),
        version=2,
    )
    contact_id = house.is_answered("Remain")

    house.desk.hang_up(BEN, contact_id)

    assert ContactState.ENDED is house.contact(contact_id).state
    assert SlotState.ENDED is house.slot(contact_id).state
    house.desk.complete(BEN, contact_id, DONE)
    assert ContactState.COMPLETED is house.contact(contact_id).state


def test_a_disconnect_flow_that_is_gone_is_none(house: HookedHouse) -> None:
    contact_id = house.is_answered("Remain")
    forget(house, "Survey")

    house.desk.hang_up(BEN, contact_id)

    assert ContactState.ENDED is house.contact(contact_id).state


def test_a_chat_goes_on_as_messages_when_the_agent_has_left(house: HookedHouse) -> None:
    house.signs_in("ben")
    house.publish(
        "Survey", document(action("Thanks", "MessageParticipant", "End", Text="Bye.")), version=2
    )
    started = house.chats("Remain")
    house.answers(BEN, started.contact_id)

    house.desk.hang_up(BEN, started.contact_id)

    assert "Bye." in [i.content for i in house.contacts.items(started.contact_id)]


def test_nobody_queues_again_whom_an_agent_has_had(house: HookedHouse) -> None:
    """The error branch: whoever hears it goes on in the flow."""
    house.publish("Survey", to_queue("Support"), version=2)
    contact_id = house.is_answered("Remain")

    house.desk.hang_up(BEN, contact_id)

    assert 1 == house.facts(contact_id).count("ContactQueued")
    assert ["Sorry."] == house.said(contact_id, Leg.CUSTOMER)


# --- tasks that are put aside ---------------------------------------------------------------------


def is_working_on_a_task(house: HookedHouse, **hooks: str) -> ContactId:
    profile = replace(PROFILE, concurrency={Channel.TASK: 1})
    entry = ProfileQueue(queue_id=SALES, channel=Channel.TASK)
    house.center.configuration = replace(
        house.center.configuration, profiles=(replace(profile, queues=(entry,)),)
    )
    house.publish("Work", choosing(**hooks) if hooks else to_queue("Sales"))
    house.signs_in("ben")
    contact_id = house.rings("Work", channel=Channel.TASK)
    house.answers(BEN, contact_id)
    return contact_id


def test_a_task_is_put_aside_as_a_whole_and_taken_up_again(house: HookedHouse) -> None:
    note = action("Note", "UpdateContactAttributes", "End", Attributes={"paused": "yes"})
    back = action("Note", "UpdateContactAttributes", "End", Attributes={"paused": "no"})
    house.publish("Pause", document(note))
    house.publish("Back", document(back))
    contact_id = is_working_on_a_task(house, PauseContact="Pause", ResumeContact="Back")

    house.desk.hold(BEN, contact_id)
    assert Party.CONTACT is house.slot(contact_id).held
    assert "yes" == house.contact(contact_id).attributes["paused"]
    house.desk.resume(BEN, contact_id)

    assert (True, None) == (house.slot(contact_id).is_joined, house.slot(contact_id).held)
    assert "no" == house.contact(contact_id).attributes["paused"]
    assert ContactState.CONNECTED is house.contact(contact_id).state


def test_a_task_that_was_put_aside_comes_back_by_its_flow(house: HookedHouse) -> None:
    """After a time that the flow knows."""
    pause = action("Wait", "Wait", "", TimeLimitSeconds="60")
    over = {"Operator": "Equals", "Operands": ["WaitCompleted"]}
    pause["Transitions"] = {
        "NextAction": "Sorry",
        "Conditions": [{"NextAction": "Resume", "Condition": over}],
        "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "Sorry"}],
    }
    house.publish("Pause", document(pause, action("Resume", "ResumeContact", "End")))
    contact_id = is_working_on_a_task(house, PauseContact="Pause")
    house.desk.hold(BEN, contact_id)
    house.streams()

    house.later(60)
    house.rings_what_is_due()

    assert house.contact(contact_id).held is None
    assert "ContactResumed" == house.announcer.kinds(BEN)[-1]


def test_what_is_not_put_aside_is_not_taken_up(house: HookedHouse) -> None:
    """The error branch of the block; the task goes on in its flow."""
    house.publish("Early", to_queue("Sales", action("Resume", "ResumeContact", "Choose")))
    contact_id = house.rings("Early", channel=Channel.TASK)

    assert "ContactQueued" not in house.facts(contact_id)


def test_who_has_left_is_not_reached_through_the_socket_any_more(house: HookedHouse) -> None:
    """Neither does the agent reach the customer who remains."""
    lines = Lines()
    room = SocketRoom(
        connections=house.connections,
        contacts=house.contacts,
        center=house.center,
        desk=house.desk,
        chat=house.chat,
        lines=lines,
        timers=house.timers,
        now=house.now,
    )
    contact_id = house.is_answered("Remain")
    ben = Connection(connection_id=ConnectionId("ws-ben"), username="ben", agent_id=BEN)
    ana = Connection(connection_id=ConnectionId("ws-ana"), contact_id=contact_id)
    signal = {"type": "hello", "contactId": contact_id}
    assert room.relay(ben, signal)
    assert room.relay(ana, signal)

    house.desk.hang_up(BEN, contact_id)
    house.later(10)

    assert not room.relay(ana, signal)
    with pytest.raises(Denied):
        room.relay(ben, signal)


class Lines:
    """Everybody is reached."""

    def to_customer(self, contact_id: ContactId, topic: str, content: object) -> bool:
        return True

    def to_agent(self, agent_id: AgentId, topic: str, content: object) -> bool:
        return True


def test_the_next_guide_forgets_what_the_last_one_asked(house: HookedHouse) -> None:
    """The talk ends while a view is open; what runs then waits for time, and for nobody."""
    contact_id = is_guided(house, holding("OffHold"))
    later = action("Later", "Wait", "", TimeLimitSeconds="60")
    later["Transitions"] = {
        "NextAction": "Sorry",
        "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "Sorry"}],
        "Conditions": [
            {
                "NextAction": "End",
                "Condition": {"Operator": "Equals", "Operands": ["WaitCompleted"]},
            }
        ],
    }
    house.publish("Guide", document(later), version=2)
    hooks = {**house.contact(contact_id).session.event_hooks, "DisconnectAgentUI": "flow:Guide"}
    contact = house.contact(contact_id)
    begun = {
        key: 2 if key == "guide" else version for key, version in contact.flow_versions.items()
    }
    session = replace(contact.session, event_hooks=hooks)
    house.contacts.contacts[contact_id] = replace(contact, session=session, flow_versions=begun)

    house.desk.end(contact_id, DisconnectReason.CUSTOMER_DISCONNECT)

    guide_leg = house.contact(contact_id).leg(Leg.GUIDE)
    assert (True, None) == (guide_leg.is_running, guide_leg.dialog)

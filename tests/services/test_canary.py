"""A version on trial: a share of the new contacts gets it, and it goes by itself when it fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from chalicelib.core.canary import Outcome, Tally, Terms
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.events import BlockExecuted, FlowStarted
from chalicelib.core.flow import InputReceived, LambdaFailed
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.ids import ContactId, FlowId
from chalicelib.services.canary import CanaryService
from chalicelib.services.flow_editing import FlowEditing
from tests.fakes.center import InMemoryCenterStore
from tests.house import LOOK_UP, MENU, House, action, document

MAIN = FlowId("main")
LIVE = document(action("Hi", "MessageParticipant", "End", Text="Hello."))
NEW = LOOK_UP  # it asks a function, which may fail
SOUND = json.dumps(
    {
        "Version": "2019-10-30",
        "StartAction": "End",
        "Actions": [
            {
                "Identifier": "End",
                "Type": "DisconnectParticipant",
                "Parameters": {},
                "Transitions": {},
            }
        ],
    }
)
TENTH = Terms(version=2, percent=10)
SOON = timedelta(minutes=1)


@pytest.fixture
def house() -> House:
    """Version 1 of Main is live, 2 is there, and its function answers."""
    house = House()
    house.publish("Main", LIVE)
    waits(house, NEW, version=2)
    house.functions.replies["function:look_up"] = {"name": "Ana"}
    return house


def waits(house: House, content: str, *, version: int) -> None:
    """A version of Main that is there, while version 1 is live."""
    house.publish("Main", content, version=version)
    entry = house.center.entry(MAIN)
    house.center.save_flow(entry, replace(entry, version=1, newest=version))


def presses(house: House, contact_id: ContactId, key: str) -> None:
    wait = house.contact(contact_id).session.wait
    assert wait is not None
    house.flows.reply(contact_id, wait.number, InputReceived(key))
    house.streams()


def calls(
    house: House, how_many: int, *, seconds: float = 1, flow: str = "Main"
) -> list[ContactId]:
    """So many contacts, one after the other, with all that follows."""
    found = []
    for _ in range(how_many):
        found.append(house.rings(flow))
        house.later(seconds)
        house.streams()
    return found


def versions(house: House, contacts: list[ContactId]) -> list[int]:
    return [house.events(contact, FlowStarted)[0].flow_version for contact in contacts]


# --- who gets it ------------------------------------------------------------------------------


def test_ten_percent_of_two_thousand_contacts_get_it_and_all_are_counted(house: House) -> None:
    """Both versions, each contact once, however often the stream brings a fact."""
    house.canaries.start(MAIN, TENTH, "ben")

    contacts = calls(house, 2_000, seconds=0.1)

    got = versions(house, contacts).count(2)
    assert 150 < got < 250
    assert {1: Tally(contacts=2_000 - got), 2: Tally(contacts=got)} == (
        house.canaries.standing(MAIN).overall
    )


def test_facts_that_come_twice_count_once(house: House) -> None:
    """The stream brings every commit at least once."""
    house.canaries.start(MAIN, Terms(version=2, percent=99), "ben")
    house.functions.replies["function:look_up"] = LambdaFailed("down")
    contacts = calls(house, 10)
    before = house.canaries.standing(MAIN)

    for contact in contacts:
        house.reactions.react(contact, house.contacts.facts(contact))

    assert before == house.canaries.standing(MAIN)
    assert before.overall[2].contacts == before.overall[2].errors > 5


def test_why_a_contact_got_its_version_is_in_its_facts(house: House) -> None:
    """Explained like everything else."""
    house.canaries.start(MAIN, Terms(version=2, percent=50), "ben")

    contacts = calls(house, 20)

    chosen = {
        (each.flow_version, each.chosen)
        for contact in contacts
        for each in house.events(contact, FlowStarted)
    }
    assert {(1, "live"), (2, "canary")} == chosen


def test_a_flow_entered_from_another_one_is_on_trial_too(house: House) -> None:
    """A contact is new to a flow wherever it comes from."""
    house.publish("Before", document(action("Go", "TransferToFlow", "End", ContactFlowId="Main")))
    house.canaries.start(MAIN, Terms(version=2, percent=50), "ben")

    contacts = calls(house, 40, flow="Before")

    second = [house.events(contact, FlowStarted)[1].flow_version for contact in contacts]
    assert {1, 2} == set(second)


def test_a_module_is_on_trial_like_a_flow(house: House) -> None:
    """It begins where it is invoked, and its errors are its own."""
    greet = FlowEntry(flow_id=FlowId("greet"), name="Greet", type="MODULE", version=1, newest=2)
    for version, kind in ((1, "UpdateContactAttributes"), (2, "InvokeLambdaFunction")):
        house.center.publish(replace(greet, version=version), a_module(kind))
    house.center.save_flow(house.center.entry(greet.flow_id), greet)
    house.publish("Use", document(action("Do", "InvokeFlowModule", "End", FlowModuleId="Greet")))
    terms = Terms(version=2, percent=50, minimum_contacts=1_000)
    house.canaries.start(greet.flow_id, terms, "ben")

    calls(house, 40, flow="Use")

    overall = house.canaries.standing(greet.flow_id).overall
    assert 40 == overall[1].contacts + overall[2].contacts
    assert (0, overall[2].contacts) == (overall[1].errors, overall[2].errors)


def a_module(kind: str) -> str:
    """A block of this kind, and back, whatever came of it."""
    do = action("Do", kind, "Back", Attributes={"a": "b"}, LambdaFunctionARN="function:none")
    do["Transitions"] = {
        "NextAction": "Back",
        "Errors": [{"ErrorType": "NoMatchingError", "NextAction": "Back"}],
    }
    back = {"Identifier": "Back", "Type": "EndFlowModuleExecution"}
    blocks = [do, {**back, "Parameters": {}, "Transitions": {}}]
    return json.dumps({"Version": "2019-10-30", "StartAction": "Do", "Actions": blocks})


def test_who_had_begun_before_the_trial_does_not_count(house: House) -> None:
    """It comes back to the version it keeps; no draw was made for it."""
    again = document(
        action("Wait", "GetParticipantInput", "Go", Text="1", StoreInput="False"),
        action("Go", "TransferToFlow", "End", ContactFlowId="Main"),
    )
    house.publish("Main", again, version=3)
    (contact,) = calls(house, 1)
    house.publish("Main", LIVE, version=4)
    house.canaries.start(MAIN, Terms(version=3, percent=99), "ben")

    presses(house, contact, "1")

    assert {} == house.canaries.standing(MAIN).overall


# --- it goes ----------------------------------------------------------------------------------


def test_it_is_taken_back_by_itself_within_the_minute(house: House) -> None:
    """2 % is allowed; from some moment on every tenth of its contacts meets an error."""
    chance = Random(39)
    house.canaries.start(MAIN, TENTH, "ben")
    calls(house, 600)
    assert house.center.entry(MAIN).trial is not None
    began_to_fail_at = house.at

    while house.center.entry(MAIN).trial is not None:
        fails = chance.random() < 0.5
        reply = LambdaFailed("down") if fails else {"name": "Ana"}
        house.functions.replies["function:look_up"] = reply
        calls(house, 1)
        assert house.at < began_to_fail_at + SOON

    end = house.center.entry(MAIN).canary
    assert end is not None
    assert end.end is not None
    assert (Outcome.FAILED, None) == (end.end.outcome, end.end.by)
    assert "contacts of version 2 ran into an error within 300 s" in end.end.why
    assert {1} == set(versions(house, calls(house, 100)))


def test_what_customers_do_wrong_is_no_error_of_the_version(house: House) -> None:
    """A menu that nobody answers is a menu that nobody answers."""
    waits(house, MENU, version=3)
    house.canaries.start(MAIN, Terms(version=3, percent=99, minimum_contacts=1), "ben")

    calls(house, 30)
    house.later(60)
    house.rings_what_is_due()

    assert 0 == house.canaries.standing(MAIN).overall[3].errors
    assert house.center.entry(MAIN).trial is not None


def test_too_few_contacts_say_nothing(house: House) -> None:
    """One caller of one who meets an error is no rate."""
    house.canaries.start(MAIN, Terms(version=2, percent=99, minimum_contacts=30), "ben")
    house.functions.replies["function:look_up"] = LambdaFailed("down")

    calls(house, 20)

    assert house.center.entry(MAIN).trial is not None


def test_errors_of_long_ago_are_forgiven(house: House) -> None:
    """Only what happened within the window counts."""
    terms = Terms(version=2, percent=99, window_seconds=60, minimum_contacts=30)
    house.canaries.start(MAIN, terms, "ben")
    house.functions.replies["function:look_up"] = LambdaFailed("down")
    calls(house, 20)
    house.functions.replies["function:look_up"] = {"name": "Ana"}
    house.later(600)

    calls(house, 60)

    standing = house.canaries.standing(MAIN)
    assert standing.entry.trial is not None
    assert (0, True) == (standing.recently[2].errors, standing.overall[2].errors > 15)


def test_running_contacts_keep_the_version_they_began_with(house: House) -> None:
    """Taken back or promoted: who waits in the menu of version 3 is answered by version 3."""
    waits(house, MENU, version=3)
    house.canaries.start(MAIN, Terms(version=3, percent=99), "ben")
    (contact,) = (c for c in calls(house, 1) if house.contact(c).session.flow_version == 3)

    house.canaries.remove(MAIN, "ben")
    presses(house, contact, "1")

    assert {3} == {b.flow_version for b in house.events(contact, BlockExecuted)}


def test_who_comes_back_to_a_flow_comes_back_to_the_same_version(house: House) -> None:
    """Pinned for life: also over a transfer to another flow and back, after the end of a trial."""
    again = document(
        action("Hi", "MessageParticipant", "Wait", Text="Hello."),
        action(
            "Wait",
            "GetParticipantInput",
            "Go",
            Text="1",
            StoreInput="False",
            InputTimeLimitSeconds="5",
        ),
        action("Go", "TransferToFlow", "End", ContactFlowId="Main"),
    )
    waits(house, again, version=3)
    house.canaries.start(MAIN, Terms(version=3, percent=99), "ben")
    (contact,) = calls(house, 1)

    house.canaries.remove(MAIN, "ben")
    presses(house, contact, "1")

    started = house.events(contact, FlowStarted)
    assert [(3, "canary"), (3, "kept")] == [(s.flow_version, s.chosen) for s in started]


# --- what admins do ---------------------------------------------------------------------------


def test_promoting_makes_it_live_for_everybody(house: House) -> None:
    house.canaries.start(MAIN, TENTH, "ben")

    standing = house.canaries.promote(MAIN, "cleo")

    assert standing.canary.end is not None
    assert (2, Outcome.PROMOTED, "cleo") == (
        standing.entry.version,
        standing.canary.end.outcome,
        standing.canary.end.by,
    )
    assert {2} == set(versions(house, calls(house, 20)))


def test_removing_it_gives_everybody_the_live_version(house: House) -> None:
    house.canaries.start(MAIN, Terms(version=2, percent=99), "ben")

    house.canaries.remove(MAIN, "cleo")

    assert {1} == set(versions(house, calls(house, 20)))


@pytest.mark.parametrize("again", ["remove", "promote"])
def test_what_is_over_cannot_be_ended_again(house: House, again: str) -> None:
    """The second of two admins is told so, and changes nothing."""
    house.canaries.start(MAIN, TENTH, "ben")
    house.canaries.remove(MAIN, "ben")
    before = house.center.entry(MAIN)

    with pytest.raises(NotFound, match="no canary of flow 'Main' is running"):
        getattr(house.canaries, again)(MAIN, "cleo")

    assert before == house.center.entry(MAIN)


def test_the_same_version_again_changes_the_terms_and_keeps_the_counts(house: House) -> None:
    """From 10 % to 50 % nothing is forgotten."""
    house.canaries.start(MAIN, TENTH, "ben")
    calls(house, 100)
    before = house.canaries.standing(MAIN).overall

    standing = house.canaries.start(MAIN, Terms(version=2, percent=50), "cleo")

    assert (50, before) == (standing.canary.percent, standing.overall)


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (Terms(version=1, percent=10), "is live"),
        (Terms(version=2, percent=100), "percent is from 1 to 99"),
    ],
)
def test_a_trial_that_makes_no_sense_is_refused(house: House, terms: Terms, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        house.canaries.start(MAIN, terms, "ben")


def test_a_version_that_is_not_there_cannot_be_tried(house: House) -> None:
    with pytest.raises(NotFound, match="no version 7"):
        house.canaries.start(MAIN, Terms(version=7, percent=10), "ben")


def test_a_flow_that_never_had_a_canary_says_so(house: House) -> None:
    with pytest.raises(NotFound, match="never had a canary"):
        house.canaries.standing(MAIN)


@pytest.mark.parametrize("version", [3, 4], ids=["rolled back to", "published"])
def test_another_version_that_becomes_live_ends_the_trial(house: House, version: int) -> None:
    """It was one against version 1; also when that comes back, nobody gets version 2."""
    waits(house, MENU, version=3)
    editing = FlowEditing(house.center, house.center, now=house.now)
    house.canaries.start(MAIN, Terms(version=2, percent=99), "ben")

    if version == 4:
        assert 4 == editing.publish(MAIN, based_on=1, content=SOUND).version
    else:
        editing.roll_back(MAIN, 3)

    end = house.canaries.standing(MAIN).canary.end
    assert end is not None
    assert (Outcome.SUPERSEDED, f"version {version} became live") == (end.outcome, end.why)
    assert {version} == set(versions(house, calls(house, 20)))
    editing.roll_back(MAIN, 1)
    assert {1} == set(versions(house, calls(house, 20)))


def test_a_version_can_be_made_for_a_trial_without_being_live_before(house: House) -> None:
    """Nobody gets it but those who try it."""
    editing = FlowEditing(house.center, house.center, now=house.now)

    made = editing.publish(MAIN, based_on=1, content=SOUND, is_live=False)

    assert (3, 1) == (made.version, made.flow.live_version)
    assert {1} == set(versions(house, calls(house, 20)))
    house.canaries.start(MAIN, Terms(version=3, percent=99), "ben")
    assert 3 in versions(house, calls(house, 20))


# --- two at once ------------------------------------------------------------------------------


class Crowded(InMemoryCenterStore):
    """A store in which somebody else comes between a read and a write, once."""

    meanwhile: Callable[[], object] | None = None

    def entry(self, flow_id: FlowId) -> FlowEntry:
        found = super().entry(flow_id)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        return found


def crowded(house: House) -> tuple[Crowded, CanaryService]:
    store = Crowded(house.center.configuration)
    store.contents, store.versions = house.center.contents, house.center.versions
    return store, CanaryService(store, house.canary_counts, store, house.now)


def test_of_two_who_end_a_trial_one_does(house: House) -> None:
    """The second finds it over."""
    house.canaries.start(MAIN, TENTH, "ben")
    store, canaries = crowded(house)
    store.meanwhile = lambda: canaries.promote(MAIN, "cleo")

    with pytest.raises(NotFound, match="no canary of flow 'Main' is running"):
        canaries.remove(MAIN, "ben")

    end = canaries.standing(MAIN).canary.end
    assert end is not None
    assert (Outcome.PROMOTED, "cleo") == (end.outcome, end.by)


def test_a_change_of_the_flow_meanwhile_is_not_lost(house: House) -> None:
    """Its description was changed while the canary began: both stand."""
    store, canaries = crowded(house)

    def rename() -> None:
        entry = store.entry(MAIN)
        store.save_flow(entry, replace(entry, description="The way in"))

    store.meanwhile = rename

    canaries.start(MAIN, TENTH, "ben")

    entry = store.entry(MAIN)
    assert ("The way in", True) == (entry.description, entry.trial is not None)


def test_a_flow_that_is_deleted_meanwhile_counts_nothing(house: House) -> None:
    """Its contacts go on; nobody is to be told."""
    house.canaries.start(MAIN, Terms(version=2, percent=99), "ben")
    contact = house.rings("Main")
    stale = house.center.configuration
    house.center.delete_flow(house.center.entry(MAIN))
    house.center.configuration, gone = stale, house.center.configuration
    canaries = CanaryService(
        InMemoryCenterStore(gone), house.canary_counts, InMemoryCenterStore(stale), house.now
    )
    news = [
        replace(fact, event=replace(fact.event, flow_version=7))
        if isinstance(fact.event, FlowStarted)
        else fact
        for fact in house.contacts.facts(contact)
    ]

    canaries.watch(contact, news)

    assert {} == house.canary_counts.began

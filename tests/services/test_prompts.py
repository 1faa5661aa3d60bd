"""Recordings that flows play."""

from __future__ import annotations

from itertools import count

import pytest

from chalicelib.core.center import StoredPrompt
from chalicelib.core.errors import Duplicate, InUse, NotFound, Rejected
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.prompts import AUDIO_LIMIT, PromptsService
from tests.fakes.objects import InMemoryObjectStore
from tests.given import MONDAY
from tests.house import action, document
from tests.services.test_flow_library import Shop

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
SOUNDS = {
    "in/hello.wav": WAV,
    "in/bye bye.ogg": b"OggS\x00",
    "in/music.mp3": b"ID3\x04",
    "in/bare.mp3": b"\xff\xfb\x90",
    "in/letter.txt": b"Dear Ana",
    "in/empty.wav": b"",
}


class Studio:
    """A shop whose bucket holds what an admin put there."""

    def __init__(self) -> None:
        self.shop = Shop()
        self.bucket = InMemoryObjectStore("prompts")
        for key, body in SOUNDS.items():
            self.bucket.put(key, body, content_type="application/octet-stream")
        ids = count(1)
        self.service = PromptsService(
            self.shop.store,
            self.bucket,
            FlowUsage(self.shop.store, self.shop.store),
            now=lambda: MONDAY,
            new_id=lambda: f"p-{next(ids)}",
        )

    def create(self, name: str, uri: str = "s3://prompts/in/hello.wav") -> StoredPrompt:
        center = self.shop.store.center()
        return self.service.create(center, name=name, s3_uri=uri, tags={"team": "a"})

    def change(self, prompt_id: str, **changes: str) -> StoredPrompt:
        return self.service.change(self.shop.store.center(), prompt_id, **changes)


@pytest.fixture
def studio() -> Studio:
    return Studio()


def test_a_prompt_is_a_copy_of_the_audio(studio: Studio) -> None:
    """What becomes of the original changes nothing."""
    prompt = studio.create("Welcome")

    studio.bucket.put("in/hello.wav", b"something else", content_type="text/plain")

    assert studio.bucket.bodies[prompt.key] == WAV
    assert studio.bucket.content_types[prompt.key] == "audio/wav"
    assert prompt.key.startswith(f"prompts/{prompt.prompt_id}/")
    assert prompt.key in studio.service.link(prompt)
    assert (prompt.tags, prompt.changed_at) == ({"team": "a"}, MONDAY)


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("s3://prompts/in/bye bye.ogg", "audio/ogg"),
        ("s3://prompts/in/music.mp3", "audio/mpeg"),
        ("https://prompts.s3.eu-west-1.amazonaws.com/in/bare.mp3", "audio/mpeg"),
        ("https://prompts.s3.amazonaws.com/in/hello.wav", "audio/wav"),
    ],
)
def test_audio_is_known_by_its_first_bytes(studio: Studio, uri: str, kind: str) -> None:
    """Whatever its name says; the address may have either form."""
    prompt = studio.create("Welcome", uri)

    assert studio.bucket.content_types[prompt.key] == kind


@pytest.mark.parametrize(
    "uri",
    [
        "s3://prompts/in/letter.txt",
        "s3://prompts/in/empty.wav",
        "s3://prompts/in/gone.wav",
        "s3://recordings/in/hello.wav",
        "s3://prompts/",
        "https://example.test/in/hello.wav",
        "in/hello.wav",
        "",
    ],
)
def test_what_is_no_audio_of_ours_is_refused(studio: Studio, uri: str) -> None:
    """No audio, nothing there, another bucket, no address: and no prompt is made."""
    with pytest.raises(Rejected) as refused:
        studio.create("Welcome", uri)

    assert (refused.value.field, refused.value.value) == ("S3Uri", uri)
    assert studio.shop.store.center().prompts == ()


def test_too_much_audio_is_refused_unread(studio: Studio) -> None:
    studio.bucket.put("in/long.wav", WAV + bytes(AUDIO_LIMIT), content_type="audio/wav")

    with pytest.raises(Rejected):
        studio.create("Long", "s3://prompts/in/long.wav")

    assert studio.bucket.calls[-1] == "describe"


def test_a_prompt_changes_in_part(studio: Studio) -> None:
    """New audio under a new key, so that nobody hears half of each."""
    prompt = studio.create("Welcome")

    renamed = studio.change(prompt.prompt_id, name="Hello", description="For mornings")
    other = studio.change(prompt.prompt_id, s3_uri="s3://prompts/in/music.mp3")

    assert (renamed.name, renamed.description, renamed.key) == (
        "Hello",
        "For mornings",
        prompt.key,
    )
    assert (other.name, other.prompt_id) == ("Hello", prompt.prompt_id)
    assert other.key != prompt.key
    assert studio.shop.store.center().prompts == (other,)


def test_names_of_prompts_are_given_once(studio: Studio) -> None:
    prompt = studio.create("Welcome")
    studio.create("Bye")

    with pytest.raises(Duplicate):
        studio.create("Bye")
    with pytest.raises(Duplicate):
        studio.change(prompt.prompt_id, name="Bye")
    with pytest.raises(Rejected):
        studio.create("")
    with pytest.raises(Rejected):
        studio.change(prompt.prompt_id, description="x" * 251)
    center = studio.shop.store.center()
    assert [each.name for each in studio.service.listed(center)] == ["Bye", "Welcome"]


@pytest.mark.parametrize("reference", ["prompt:Welcome", "Welcome", "p-1", "arn"])
def test_a_prompt_that_a_flow_plays_is_not_deleted(studio: Studio, reference: str) -> None:
    """However the flow names it, and wherever in it."""
    prompt = studio.create("Welcome")
    center = studio.shop.store.center()
    named = center.prompt_arn(prompt) if reference == "arn" else reference
    play = action("Say", "MessageParticipant", "End", PromptId=named)
    flow = studio.shop.create("Main", document(play))

    with pytest.raises(InUse, match="flow 'Main'"):
        studio.service.delete(studio.shop.store.center(), prompt.prompt_id)
    studio.shop.delete(flow.flow_id)
    studio.service.delete(studio.shop.store.center(), prompt.prompt_id)

    assert studio.shop.store.center().prompts == ()
    with pytest.raises(NotFound):
        studio.service.find(studio.shop.store.center(), prompt.prompt_id)


def test_a_prompt_in_a_loop_of_prompts_counts_too(studio: Studio) -> None:
    prompt = studio.create("Music")
    messages = [{"Text": "Please hold."}, {"PromptId": "prompt:Music"}]
    loop = action("Loop", "MessageParticipantIteratively", "", Messages=messages)
    loop["Transitions"] = {"Errors": [{"ErrorType": "NoMatchingError", "NextAction": "End"}]}
    queue = document(loop).replace("DisconnectParticipant", "EndFlowExecution")
    studio.shop.create("Wait", queue, "CUSTOMER_QUEUE")

    with pytest.raises(InUse, match="flow 'Wait'"):
        studio.service.delete(studio.shop.store.center(), prompt.prompt_id)

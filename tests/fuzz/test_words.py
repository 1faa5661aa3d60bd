"""What people type into files beside their flows: understood, or told with its line."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.flow_tools.conversation import run
from chalicelib.core.flow_tools.records import read_record
from chalicelib.core.flow_tools.replay import replay
from chalicelib.core.flow_tools.script import Verb
from flows import files
from tests.fuzz.cases import JSON, WORDS

OURS = Path(__file__).parents[2] / "flows"
MENU = files.read_flow(OURS / "main-inbound.json")
CENTER = files.read_center(OURS / files.CENTER).publish([MENU])

_VERBS = [*(verb.value for verb in Verb), "queue Sales", "lambda look_up_caller", "service bot"]
_SAID = st.one_of(
    st.sampled_from(
        ["6s", "1h 30m", "1", "12#", "nothing", "full", "missing", "fails", "slow 9s", "open"]
        + ["queued in Sales", "disconnected", "chat", "+12025550123", "25 %", "answers 1"]
        + ["2026-03-06 16:59:59 America/New_York", "9999-12-31 23:59:59 UTC", "99999999h"]
        + ["refuses NoneFound", "{repeat: x, times: 32000}", "Main inbound"]
    ),
    WORDS,
    JSON,
)
_STEPS = st.dictionaries(st.sampled_from(_VERBS) | WORDS, _SAID, min_size=1, max_size=2)
SCRIPTS = st.fixed_dictionaries(
    {
        "conversations": st.lists(
            st.fixed_dictionaries(
                {"name": st.just("x"), "flow": st.just(MENU.name)},
                optional={
                    "steps": st.lists(_STEPS, max_size=6) | JSON,
                    **dict.fromkeys(_VERBS[:6], _SAID),
                },
            )
            | JSON,
            max_size=2,
        )
        | JSON
    },
    optional={"flow": JSON, "cannot happen": JSON, "other": JSON},
)
_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            ["ContactInitiated", "BlockExecuted", "ContactQueued", "ContactDisconnected"]
        ),
        "at": st.just("2026-03-02T14:00:00.000Z") | JSON,
        "channel": st.sampled_from(["VOICE", "CHAT"]) | JSON,
        "customerEndpoint": JSON,
        "attributes": JSON,
        "flowId": JSON,
        "blockId": st.sampled_from(list(MENU.flow.actions)) | JSON,
        "blockType": st.sampled_from(["GetParticipantInput", "InvokeLambdaFunction"]) | JSON,
        "given": st.dictionaries(st.sampled_from(["digits", "LambdaFunctionARN"]), WORDS) | JSON,
        "branch": st.sampled_from(["Equals 1", "InputTimeLimitExceeded", "next"]) | JSON,
        "changed": st.dictionaries(st.just("$.External.isKnown"), WORDS) | JSON,
        "queueName": JSON,
        "reason": JSON,
    },
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "x.conversations.yaml"


@given(text=SCRIPTS.map(lambda script: json.dumps(script)) | st.text() | st.binary())
def test_any_file_of_conversations_is_held_or_told(file: Path, text: str | bytes) -> None:
    """Every mistake has a line and a sentence; what is understood can be held."""
    content = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    file.write_bytes(content)
    with suppress(files.Unusable):
        script, mistakes = files.read_script(file)
        assert all(mistake.line >= 1 and mistake.message for mistake in mistakes)
        for conversation in script.conversations:
            run(conversation, CENTER)


@given(
    text=st.fixed_dictionaries(
        {},
        optional={
            "queues": st.dictionaries(WORDS, WORDS) | JSON,
            "hours": st.dictionaries(
                WORDS,
                st.dictionaries(
                    st.sampled_from(["Monday", "time zone", "Funday"]),
                    st.sampled_from(["09:00-17:00", "UTC", "17:00-09:00", "x"]) | JSON,
                ),
            )
            | JSON,
            "functions": JSON,
        },
    ).map(json.dumps)
    | st.text()
)
def test_any_center_is_read_or_told(file: Path, text: str) -> None:
    """Never half."""
    path = file.with_name("center.yaml")
    path.write_bytes(text.encode(errors="surrogatepass"))
    with suppress(files.Unusable):
        files.read_center(path)


@given(st.fixed_dictionaries({}, optional={"contactId": JSON, "facts": st.lists(_FACTS) | JSON}))
def test_any_record_is_replayed_or_passed_over(document: dict[str, object]) -> None:
    """As it came from wherever it was kept."""
    record = read_record(document)
    if record is not None:
        assert replay(MENU, record, CENTER).now

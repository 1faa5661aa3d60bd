"""Names for ARNs and back, byte for byte, and every unresolved one is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.flow_tools.names import references, to_arns, to_names

CORPUS = Path(__file__).parents[3] / "../shared/corpus/flows"

SALES = "arn:aws:connect:us-east-1:123456789012:instance/i/queue/q1"
HOLD = "arn:aws:connect:us-east-1:123456789012:instance/i/contact-flow/f1"
NAMES = {"queue:Sales": SALES, "flow:Hold": HOLD}
EXPORT = json.dumps(
    {
        "Actions": [
            {"Type": "UpdateContactTargetQueue", "Parameters": {"QueueId": SALES}},
            {
                "Type": "UpdateContactEventHooks",
                "Parameters": {"EventHooks": {"CustomerQueue": HOLD}},
            },
            {"Type": "MessageParticipant", "Parameters": {"Text": 'queue:Sales \u00fc \\ "x"'}},
        ]
    },
    indent=3,
)


def test_arns_become_names_and_names_become_the_same_arns() -> None:
    """Byte for byte, whatever the document's layout and escapes are."""
    ours = to_names(EXPORT, NAMES)

    assert SALES not in ours.content
    assert ours.content.count('"queue:Sales"') == 1
    assert EXPORT == to_arns(ours.content, NAMES).content


def test_every_arn_without_a_name_is_told_once() -> None:
    """All of them at once, in the order of the document."""
    assert (HOLD,) == to_names(EXPORT, {"queue:Sales": SALES}).unresolved


def test_every_name_without_an_arn_is_told() -> None:
    """`queue:Vietnamse` is a typing error, and this is where it shows."""
    ours = to_names(EXPORT, NAMES).content.replace('"queue:Sales"', '"queue:Vietnamse"')

    assert ("queue:Vietnamse",) == to_arns(ours, NAMES).unresolved


def test_what_is_said_is_no_reference() -> None:
    """A prompt that happens to read like a name stays a prompt."""
    content = json.dumps(
        {"Actions": [{"Parameters": {"Text": "queue:Sales", "QueueId": "$.Attributes.q"}}]}
    )

    assert content == to_arns(content, {}).content
    assert () == to_arns(content, {}).unresolved


def test_a_prompt_that_reads_like_a_reference_beside_it_stays_too() -> None:
    """Where a text stands decides, not what it says."""
    content = json.dumps({"Text": "queue:Sales", "QueueId": "queue:Sales"})

    assert json.dumps({"Text": "queue:Sales", "QueueId": SALES}) == to_arns(content, NAMES).content


def test_a_name_that_is_known_is_replaced_wherever_it_is_data() -> None:
    """An ARN handed to a function became a name on import: it becomes an ARN again."""
    content = json.dumps({"LambdaInvocationAttributes": {"where": SALES, "other": "queue:None"}})
    ours = to_names(content, NAMES).content

    assert '"where": "queue:Sales"' in ours
    assert (content, ()) == (to_arns(ours, NAMES).content, to_arns(ours, NAMES).unresolved)


def test_versions_and_aliases_stay_behind_the_name() -> None:
    """`flow:Hold:live` is the alias `live` of that flow in every center."""
    content = json.dumps({"ContactFlowId": f"{HOLD}:live", "FlowModuleId": f"{HOLD}:3"})
    ours = to_names(content, NAMES).content

    assert {"ContactFlowId": "flow:Hold:live", "FlowModuleId": "flow:Hold:3"} == json.loads(ours)
    assert content == to_arns(ours, NAMES).content


def test_names_of_a_document_are_told_once_and_in_order() -> None:
    content = json.dumps(
        {"EventHooks": {"CustomerQueue": "flow:Hold"}, "QueueId": ["queue:B", "queue:A", "queue:B"]}
    )

    assert ["flow:Hold", "queue:B", "queue:A"] == references(content)


def test_only_whole_strings_are_renamed_and_the_layout_stays_odd() -> None:
    """Also where a key stands twice."""
    content = '{ "a":\t"arn:aws:x:1",\r\n "a" : "see arn:aws:x:1", "c": 1.0e2 }\n'

    assert content.replace('\t"arn:aws:x:1"', '\t"queue:X"') == (
        to_names(content, {"queue:X": "arn:aws:x:1"}).content
    )


def documents() -> list[Path]:
    return sorted(CORPUS.rglob("*.json"))


@pytest.mark.skipif(not documents(), reason="the corpus of flows is not on this machine")
@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem[-60:])
def test_what_is_imported_is_exported_byte_for_byte(path: Path) -> None:
    """With names in place of every ARN, and back again."""
    content = path.read_bytes().decode()
    arns = to_names(content, {}).unresolved
    names = {f"queue:number {n}": arn for n, arn in enumerate(arns)}

    ours = to_names(content, names)

    assert () == ours.unresolved
    assert content == to_arns(ours.content, names).content


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.just(SALES),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=4), each),
    max_leaves=20,
)


@given(_JSON)
@settings(max_examples=200, deadline=None)
def test_any_document_comes_back_as_it_was(value: object) -> None:
    """Whatever is in it, and however it is escaped."""
    for is_escaped in (True, False):
        content = json.dumps(value, ensure_ascii=is_escaped)

        assert content == to_arns(to_names(content, NAMES).content, NAMES).content

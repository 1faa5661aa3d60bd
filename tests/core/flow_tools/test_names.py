"""Names for ARNs and back, byte for byte, and every unresolved one is told."""

from __future__ import annotations

import json

from chalicelib.core.flow_tools.names import to_arns, to_names

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

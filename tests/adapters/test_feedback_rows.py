"""Where answers lie in the lake."""

from __future__ import annotations

import json

from chalicelib.adapters.feedback_rows import S3FeedbackRows
from tests.core.test_feedback import an_invitation, some_answers
from tests.fakes.objects import InMemoryObjectStore


def test_a_line_per_answer_says_all_but_the_words() -> None:
    """The object of an invitation is written anew with each; the last line counts."""
    lake = InMemoryObjectStore("lake")
    rows = S3FeedbackRows(lake)
    invitation = an_invitation("F-1", agent="ben").answered(some_answers(comment="an elephant"))
    rows.keep(invitation)

    rows.keep(invitation.answered(some_answers("a-2", solution=None)))

    body = lake.get("feedback/dt=2026-03-02/F-1.jsonl")
    first, second = map(json.loads, body.splitlines())
    assert b"elephant" not in body
    assert (first["service"], first["solution"], first["is_newest"]) == (4, 5, False)
    assert (second["solution"], second["is_partial"], second["is_newest"]) == (None, True, True)
    assert (first["agent"], first["answered_at"]) == ("ben", "2026-03-02T14:00:00.000Z")
    assert len(lake.bodies) == 1

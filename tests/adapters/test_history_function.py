"""The API asks the function that counts: what goes over the wire means the same on both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from random import Random
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib import bootstrap
from chalicelib.adapters.history_function import FunctionHistory
from chalicelib.core.historical_metrics import Dimension, Length
from chalicelib.entrypoints.history import count_metrics
from chalicelib.services.metric_history import Asked, CountedHistory
from chalicelib.services.ports import Unavailable
from tests.services.counting import FormulaTotals, random_history, random_question


class Lambda:
    """Calls the handler as AWS does, JSON in and JSON out; the names of arguments are AWS's."""

    def __init__(self, *, breaks: str = "") -> None:
        self.called: list[str] = []
        self._breaks = breaks

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        self.called.append(FunctionName)
        if self._breaks == "late":
            raise ReadTimeoutError(endpoint_url="lambda")
        if self._breaks:
            return {"FunctionError": self._breaks, "Payload": BytesIO(b"{}")}
        answer = count_metrics(msgspec.json.decode(Payload), None)
        return {"Payload": BytesIO(msgspec.json.encode(answer))}


@pytest.mark.parametrize("seed", range(8))
def test_an_answer_over_the_wire_is_the_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any question, any number, none too."""
    chance = Random(seed)
    counted = CountedHistory(FormulaTotals(random_history(chance, 20 * seed)))
    monkeypatch.setattr(bootstrap, "counted_history", lambda: counted)
    client = Lambda()
    asked = Asked(question=random_question(chance), first=chance.randrange(3), most=50)

    assert counted.results(asked) == FunctionHistory(client, "center-count").results(asked)
    assert ["center-count"] == client.called


@pytest.mark.parametrize("breaks", ["Unhandled", "late"])
def test_a_function_that_fails_is_unavailable(breaks: str) -> None:
    """No half answer, and no zeros that look like figures."""
    question = random_question(Random(1))
    asked = Asked(question=question, first=0, most=1)

    with pytest.raises(Unavailable, match="center-count"):
        FunctionHistory(Lambda(breaks=breaks), "center-count").results(asked)


def test_pages_are_pieces_of_the_whole() -> None:
    """Every result once, in the same order, whatever the size of the page."""
    chance = Random(4)
    counted = CountedHistory(FormulaTotals(random_history(chance, 100)))
    question = random_question(chance)
    until = question.since + timedelta(days=1)
    question = replace(question, until=until, length=Length.HOUR, groupings=(Dimension.CHANNEL,))
    whole = counted.results(Asked(question=question, first=0, most=10_000))

    pages = [
        counted.results(Asked(question=question, first=first, most=7))
        for first in range(0, whole.count, 7)
    ]

    assert whole.count == len(whole.found) > 7
    assert whole.found == tuple(each for page in pages for each in page.found)
    assert {whole.count} == {page.count for page in pages}

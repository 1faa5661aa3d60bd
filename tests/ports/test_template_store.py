"""What every TemplateStore promises."""

from __future__ import annotations

import pytest

from chalicelib.adapters.dynamo.tables import MessageTemplateRow
from chalicelib.adapters.dynamo.templates import DynamoTemplates
from chalicelib.core.template import MessageTemplate
from chalicelib.services.templates import TemplateStore
from tests.fakes.center import InMemoryTemplates

HELLO = MessageTemplate(name="Hello", text="Hello {{Attributes.name}}", subject="Hi", html="<p>")


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> TemplateStore:
    if request.param == "fake":
        return InMemoryTemplates()
    request.getfixturevalue("bind_tables")(center=[MessageTemplateRow])
    return DynamoTemplates()


def test_a_template_is_read_as_it_was_saved(store: TemplateStore) -> None:
    store.save_template(HELLO)

    assert HELLO == store.template("Hello")


def test_a_template_that_was_never_saved_is_none(store: TemplateStore) -> None:
    """However its name looks."""
    assert [None, None] == [store.template("Nothing"), store.template("x" * 2_000)]


def test_a_template_saved_again_is_the_new_one(store: TemplateStore) -> None:
    store.save_template(HELLO)
    store.save_template(MessageTemplate(name="Hello", text="Bye"))

    assert MessageTemplate(name="Hello", text="Bye") == store.template("Hello")

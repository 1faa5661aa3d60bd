"""Views through Amazon Connect's API: drafts, publishing, versions, refusals, who may."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import bootstrap
from chalicelib.core.view import ViewContent
from chalicelib.services.views import ViewsService
from tests.entrypoints.people import People
from tests.fakes.center import InMemoryCenterStore
from tests.fakes.flows import InMemoryViewStore
from tests.given import MONDAY
from tests.house import a_center

type Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    from app import app  # a blueprint can be registered only once in a process

    ids = count(1)
    views = ViewsService(InMemoryViewStore(), now=lambda: MONDAY, new_id=lambda: f"v-{next(ids)}")
    views.provide("form", ViewContent(template="{}", actions=("Submit",)), "Questions")
    monkeypatch.setattr(bootstrap, "views", lambda: views)
    monkeypatch.setattr(bootstrap, "center_store", lambda: InMemoryCenterStore(a_center()))
    monkeypatch.setattr(bootstrap, "people", lambda: People("ada"))

    def run(method: str, path: str, body: object = None, group: str = "admin") -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {group}", "Content-Type": "application/json"}
        raw = b"" if body is None else json.dumps(body).encode()
        with Client(app) as client:
            answer = client.http.request(method, _door(path), headers=headers, body=raw)
        return answer.status_code, json.loads(answer.body)

    return run


def _door(path: str) -> str:
    """A search is no part of one instance's views."""
    return path if path.startswith("/search") else f"/views/i-1{path}"


def content(text: str = "$.Heading") -> dict[str, object]:
    body = [{"Type": "Text", "Props": {"Text": text}, "Content": ["Call $.Contact.Phone."]}]
    return {"Template": json.dumps({"Body": body}), "Actions": ["Ok"]}


def created(ask: Ask, status: str = "PUBLISHED", name: str = "Hours") -> Any:
    answer = ask("PUT", "", {"Name": name, "Status": status, "Content": content()})
    assert 200 == answer[0], answer
    return answer[1]["View"]


def test_a_view_tells_what_it_must_be_given(ask: Ask) -> None:
    """From the references in its template."""
    view = ask("GET", f"/{created(ask)['Id']}")[1]["View"]

    schema = json.loads(view["Content"]["InputSchema"])
    assert ["Contact", "Heading"] == sorted(schema["properties"])
    assert ("Hours", "PUBLISHED", "CUSTOMER_MANAGED") == (
        view["Name"],
        view["Status"],
        view["Type"],
    )


def test_a_draft_changes_nothing_that_is_shown(ask: Ask) -> None:
    path = f"/{created(ask)['Id']}"
    ask("POST", path, {"Status": "SAVED", "Content": content("draft")})

    assert "draft" not in ask("GET", path)[1]["View"]["Content"]["Template"]
    assert "draft" in ask("GET", f"{path}:$SAVED")[1]["View"]["Content"]["Template"]
    ask("POST", path, {"Status": "PUBLISHED", "Content": content("news")})
    assert "news" in ask("GET", f"{path}:$LATEST")[1]["View"]["Content"]["Template"]


def test_a_view_never_published_is_there_as_a_draft_only(ask: Ask) -> None:
    path = f"/{created(ask, 'SAVED')['Id']}"

    assert 404 == ask("GET", path)[0]
    assert 200 == ask("GET", f"{path}:$SAVED")[0]
    assert 400 == ask("PUT", f"{path}/versions", {})[0]


def test_versions_never_change_and_the_same_content_makes_no_new_one(ask: Ask) -> None:
    path = f"/{created(ask)['Id']}"
    for _ in range(2):
        made = ask("PUT", f"{path}/versions", {"VersionDescription": "first"})[1]["View"]
        assert 1 == made["Version"]
    ask("POST", path, {"Status": "PUBLISHED", "Content": content("second")})
    assert 2 == ask("PUT", f"{path}/versions", {})[1]["View"]["Version"]

    assert "second" not in ask("GET", f"{path}:1")[1]["View"]["Content"]["Template"]
    listed = ask("GET", f"{path}/versions")[1]["ViewVersionSummaryList"]
    assert [1, 2] == [each["Version"] for each in listed]
    assert 200 == ask("DELETE", f"{path}/versions/1")[0]
    assert 404 == ask("GET", f"{path}:1")[0]
    for number in ("1", "x", "²"):
        assert ask("DELETE", f"{path}/versions/{number}")[0] in (400, 404)


def test_a_version_of_what_somebody_else_published_is_a_conflict(ask: Ask) -> None:
    path = f"/{created(ask)['Id']}"
    seen = ask("GET", path)[1]["View"]["ViewContentSha256"]
    ask("POST", path, {"Status": "PUBLISHED", "Content": content("theirs")})

    assert 409 == ask("PUT", f"{path}/versions", {"ViewContentSha256": seen})[0]


def test_views_are_listed_by_type_and_page(ask: Ask) -> None:
    for name in ("A", "B"):
        created(ask, name=name)

    def names(query: str) -> list[str]:
        return [view["Name"] for view in ask("GET", query)[1]["ViewsSummaryList"]]

    assert ["A", "B", "form"] == names("")
    assert ["form"] == names("?type=AWS_MANAGED")
    first = ask("GET", "?maxResults=1")[1]
    assert ["B"] == names(f"?maxResults=1&nextToken={first['NextToken']}")
    assert 400 == ask("GET", "?type=MINE")[0]


def test_views_are_found_by_name_type_and_tag(ask: Ask) -> None:
    for name, tags in (("Opening hours", {"team": "desk"}), ("Prices", {})):
        body = {"Name": name, "Status": "PUBLISHED", "Content": content(), "Tags": tags}
        ask("PUT", "", body)

    def found(**wanted: object) -> list[str]:
        answer = ask("POST", "/search-views", {"InstanceId": "i-1", **wanted})[1]
        return [view["Name"] for view in answer["Views"]]

    named = {"FieldName": "name", "Value": "HOURS", "ComparisonType": "CONTAINS"}
    tag = {"AttributeFilter": {"TagCondition": {"TagKey": "team", "TagValue": "desk"}}}
    assert ["Opening hours"] == found(SearchCriteria={"StringCondition": named})
    assert ["Opening hours"] == found(SearchFilter=tag)
    assert ["form"] == found(SearchCriteria={"ViewTypeCondition": "AWS_MANAGED"})
    assert ["Opening hours", "Prices", "form"] == found()


def test_a_view_is_renamed_and_deleted(ask: Ask) -> None:
    path = f"/{created(ask)['Id']}"
    ask("POST", f"{path}/metadata", {"Name": "Times", "Description": "When we are there"})
    assert ("Times", "When we are there") == (
        (view := ask("GET", path)[1]["View"])["Name"],
        view["Description"],
    )

    assert 200 == ask("DELETE", path)[0]
    assert 404 == ask("GET", path)[0]


def test_managed_views_stay_as_they_are(ask: Ask) -> None:
    assert 403 == ask("POST", "/form", {"Status": "SAVED", "Content": content()})[0]
    assert 403 == ask("DELETE", "/form")[0]
    assert 409 == ask("PUT", "", {"Name": "form", "Status": "SAVED", "Content": content()})[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Status": "DONE"}, "Status 'DONE'"),
        ({"Name": ""}, "Name has 1 to 255"),
        ({"Name": "a\nb"}, "Name has 1 to 255"),
        ({"Content": {"Template": "{", "Actions": ["Ok"]}}, "not JSON"),
        ({"Content": {"Template": "[" * 30_000, "Actions": ["Ok"]}}, "not JSON"),
        ({"Content": {"Template": "{}", "Actions": ["Ok"]}}, "needs a Body"),
        ({"Content": {"Template": '{"Body": [{}]}', "Actions": ["Ok"]}}, "Body[0] is no component"),
        (
            {
                "Content": {
                    "Template": '{"Body": [{"Type": "Form", "Content": [{"Type": 1}]}]}',
                    "Actions": ["Ok"],
                }
            },
            "Body[0].Content[0] is no component",
        ),
        ({"Content": {**content(), "Actions": []}}, "1 to 50 actions"),
        ({"Content": {**content(), "Actions": ["Ok", "Ok"]}}, "there twice"),
        ({"Content": {"Template": " " * 70_000, "Actions": ["Ok"]}}, "at most 65536 bytes"),
    ],
)
def test_bad_views_are_refused_by_place(ask: Ask, change: dict[str, object], message: str) -> None:
    body = {"Name": "Hours", "Status": "PUBLISHED", "Content": content(), **change}
    status, answer = ask("PUT", "", body)

    assert 400 == status
    assert message in answer["Message"]


@pytest.mark.parametrize("group", ["agent", "supervisor", "trainee", "finance"])
def test_only_admins_may(ask: Ask, group: str) -> None:
    assert 403 == ask("GET", "", group=group)[0]

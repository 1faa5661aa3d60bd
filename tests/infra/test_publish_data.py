"""Views and data tables of the sources, brought to a center."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from chalicelib.core.data_table import Edit, EditKind
from chalicelib.core.view import ViewType, filled
from chalicelib.services.data_tables import DataTablesService
from chalicelib.services.views import ViewsService
from infra.publish_data import publish_tables, publish_views
from tests.fakes.flows import InMemoryDataTableStore, InMemoryViewStore
from tests.given import MONDAY

FLOWS = Path(__file__).parents[2] / "flows"


@pytest.fixture
def tables() -> DataTablesService:
    ids = count(1)
    store = InMemoryDataTableStore()
    return DataTablesService(store, now=lambda: MONDAY, new_id=lambda: f"id-{next(ids)}")


def value(tables: DataTablesService, plan: str, name: str) -> str:
    _, [(_, [found])] = tables.evaluate("Service plans", [({"plan": plan}, [name])])
    return found.text


def test_our_tables_are_there_after_a_deployment(tables: DataTablesService) -> None:
    publish_tables(tables, FLOWS / "tables")

    assert "four hours" == value(tables, "GOLD", "answer within")
    assert "5" == value(tables, "bronze", "priority")


def test_what_an_admin_changed_stays_as_it_is(tables: DataTablesService) -> None:
    publish_tables(tables, FLOWS / "tables")
    change = Edit(
        kind=EditKind.UPDATE,
        primary={"plan": "gold"},
        attribute="answer within",
        text="two hours",
    )
    tables.edit("Service plans", [change], is_whole=True)
    publish_tables(tables, FLOWS / "tables")

    assert "two hours" == value(tables, "gold", "answer within")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name: x\ntime zone: UTC\nattributes: []\ncolour: red", "colour"),
        ("name: x\ntime zone: UTC\nattributes: [{name: a, type: DATE}]", "DATE"),
        ("name: x\ntime zone: Mars\nattributes: []", "TimeZone 'Mars' is unknown"),
        (
            "name: x\ntime zone: UTC\nattributes: [{name: a, type: NUMBER}]\ndefaults: {a: b}",
            "a: 'b' is not a number",
        ),
        ("name: [", "x.yaml"),
    ],
)
def test_a_bad_table_is_told_with_its_file(
    tables: DataTablesService, tmp_path: Path, text: str, why: str
) -> None:
    (tmp_path / "x.yaml").write_text(text)

    with pytest.raises(SystemExit, match=r"x\.yaml: ") as ended:
        publish_tables(tables, tmp_path)
    assert why in str(ended.value)


def test_every_managed_view_can_be_shown(tmp_path: Path) -> None:
    """With the least that it asks for; a second deployment changes nothing."""
    store = InMemoryViewStore()
    views = ViewsService(store, now=lambda: MONDAY, new_id=lambda: "v")
    for _ in range(2):
        publish_views(views, FLOWS / "views")
    least: dict[str, dict[str, object]] = {
        "form": {"Sections": [{"Heading": "You"}]},
        "list": {"Items": [{"Heading": "One"}]},
        "cards": {"Cards": [{"Summary": {"Heading": "One"}}]},
        "detail": {},
        "confirmation": {"Heading": "Done"},
        "sign-in": {"UserPoolId": "p", "ClientId": "c"},
    }
    assert set(least) == {view.name for view in views.views()}
    for view in views.views():
        assert ViewType.AWS_MANAGED is view.type
        assert 1 == view.revision
        assert filled(view.saved, least[view.name])["Body"]

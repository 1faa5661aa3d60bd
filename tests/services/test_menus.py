"""Menus that admins map without publishing a flow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.center import Center, Menu
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.services.menus import MenuService, Target
from tests.house import a_center


class InMemoryMenuStore:
    """One center, and its menus as they stand."""

    def __init__(self) -> None:
        self.menus = {"main": Menu(menu_id="main", entries={"1": "queue:Sales"})}

    def center(self) -> Center:
        return replace(a_center(), menus=tuple(self.menus.values()))

    def latest(self) -> Center:
        return self.center()

    def menu(self, menu_id: str) -> Menu:
        if menu_id not in self.menus:
            raise NotFound("no such menu")
        return self.menus[menu_id]

    def save_menu(self, menu: Menu) -> None:
        self.menus[menu.menu_id] = menu


@pytest.fixture
def menus() -> MenuService:
    return MenuService(InMemoryMenuStore())


def test_a_changed_row_counts_for_the_very_next_key(menus: MenuService) -> None:
    """Nothing is published, nothing is cached."""
    assert Target("queue", "queue:Sales") == menus.target("main", "1")

    menus.change("main", "1", "queue:Support")

    assert Target("queue", "queue:Support") == menus.target("main", "1")


def test_a_key_that_leads_nowhere_is_no_error(menus: MenuService) -> None:
    """The flow asks again; a time-out comes as a word instead of a key."""
    assert Target("none", "") == menus.target("main", "9")
    assert Target("none", "") == menus.target("main", "Timeout")


def test_a_row_can_be_taken_out(menus: MenuService) -> None:
    """Null instead of a target."""
    assert {} == menus.change("main", "1", None).entries


@pytest.mark.parametrize(
    ("key", "target", "field", "named"),
    [
        ("1", "queue:Gardening", "target", "Gardening"),
        ("1", "flow:Gone", "target", "Gone"),
        ("1", "Sales", "target", "Sales"),
        ("12", "queue:Sales", "key", "12"),
    ],
)
def test_a_row_that_could_not_work_is_refused_by_name(
    menus: MenuService, key: str, target: str, field: str, named: str
) -> None:
    """The save is refused, naming what does not exist; the old row stays."""
    with pytest.raises(Rejected) as refused:
        menus.change("main", key, target)

    assert (field, True) == (refused.value.field, named in refused.value.message)
    assert Target("queue", "queue:Sales") == menus.target("main", "1")

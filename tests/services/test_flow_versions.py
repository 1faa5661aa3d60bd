"""Versions and aliases of flows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.canary import Canary
from chalicelib.core.center import Center
from chalicelib.core.errors import Duplicate, InUse, NotFound, NotPublished, Rejected
from chalicelib.core.ids import FlowId
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.flow_versions import AliasChange, FlowVersions
from tests.given import MONDAY
from tests.services.test_flow_library import SUPPORT, UNFINISHED, Shop, leads_to

MAIN = FlowId("f-0")


@pytest.fixture
def shop() -> Shop:
    """Main in two versions, the second one live."""
    shop = Shop()
    shop.create("Main")
    shop.update(MAIN, SUPPORT)
    return shop


@pytest.fixture
def versions(shop: Shop) -> FlowVersions:
    ids = iter(f"al-{n}" for n in range(9))
    usage = FlowUsage(shop.store, shop.store)
    return FlowVersions(shop.flows, shop.store, usage, now=lambda: MONDAY, new_id=lambda: next(ids))


@pytest.fixture
def center(shop: Shop) -> Center:
    return shop.store.center()


def test_every_publication_is_a_version_newest_first(
    versions: FlowVersions, center: Center
) -> None:
    entry, notes = versions.listed(center, MAIN)

    assert entry.flow_id == MAIN
    assert [note.version for note in notes] == [2, 1]


def test_a_version_made_of_what_is_live_is_the_live_one(
    versions: FlowVersions, shop: Shop, center: Center
) -> None:
    """Nothing is doubled; the description is kept with it."""
    sha256 = shop.flows.describe(center, MAIN).content.sha256

    made = versions.create(center, MAIN, description="Friday", sha256=sha256)
    again = versions.create(center, MAIN, description=None, sha256=None)

    assert (made[1], again[1]) == (2, 2)
    assert [note.note for note in versions.listed(center, MAIN)[1]] == ["Friday", ""]


def test_a_version_of_other_content_than_expected_is_not_made(
    versions: FlowVersions, shop: Shop, center: Center
) -> None:
    """Somebody published meanwhile; or nobody has published anything."""
    with pytest.raises(Rejected) as refused:
        versions.create(center, MAIN, description=None, sha256="0" * 64)
    assert refused.value.field == "FlowContentSha256"
    draft = shop.create("Draft", UNFINISHED, is_draft=True)

    with pytest.raises(NotPublished):
        versions.create(shop.store.center(), draft.flow_id, description=None, sha256=None)


def test_a_version_off_the_list_cannot_be_named_but_run(
    versions: FlowVersions, shop: Shop, center: Center
) -> None:
    """Contacts that are in it stay in it, and its number is not given again."""
    versions.delete(center, MAIN, "1")

    assert [note.version for note in versions.listed(shop.store.center(), MAIN)[1]] == [2]
    with pytest.raises(NotFound):
        shop.content(f"{MAIN}:1")
    assert shop.store.flow(MAIN, 1) is not None
    for version in ("1", "3", "x", ""):
        with pytest.raises(NotFound):
            versions.delete(shop.store.center(), MAIN, version)


def test_a_version_that_contacts_can_get_stays(
    versions: FlowVersions, shop: Shop, center: Center
) -> None:
    """Live, on trial, under an alias or named by another flow: each is told."""
    with pytest.raises(InUse, match="it is live"):
        versions.delete(center, MAIN, "2")
    versions.create_alias(center, MAIN, name="old", version=1)
    entry = shop.store.entry(MAIN)
    canary = Canary(version=1, against=2, percent=10, started_at=MONDAY)
    shop.store.save_flow(entry, replace(entry, canary=canary))
    shop.create("Other", leads_to("flow:Main:1"))

    with pytest.raises(InUse) as refused:
        versions.delete(shop.store.center(), MAIN, "1")

    assert refused.value.users == [
        "alias 'old'",
        "some new contacts, for it is on trial",
        "flow 'Other'",
    ]


def test_an_alias_leads_to_its_version_until_it_is_moved(
    versions: FlowVersions, shop: Shop, center: Center
) -> None:
    """Flows that name it follow."""
    _, alias = versions.create_alias(center, MAIN, name="prod", version=1, description="Live")
    shop.create("Other", leads_to("flow:Main:prod"))
    found = [shop.flows.describe(shop.store.center(), f"{MAIN}:prod").about]

    versions.change_alias(shop.store.center(), MAIN, alias.alias_id, AliasChange(version=2))
    found.append(shop.flows.describe(shop.store.center(), f"{MAIN}:prod").about)

    assert [about and about.version for about in found] == [1, 2]
    entry, known = versions.alias(shop.store.center(), MAIN, alias.alias_id)
    assert (known.name, known.version, known.description) == ("prod", 2, "Live")
    assert versions.aliases(shop.store.center(), MAIN) == (entry, [known])


def test_an_alias_is_renamed_and_described(
    versions: FlowVersions, shop: Shop, center: Center
) -> None:
    """What is not given stays; nothing given changes nothing."""
    _, alias = versions.create_alias(center, MAIN, name="prod", version=1)
    change = AliasChange(name="live", description="For everybody")

    versions.change_alias(shop.store.center(), MAIN, alias.alias_id, change)
    before = shop.store.entry(MAIN)
    versions.change_alias(shop.store.center(), MAIN, alias.alias_id, AliasChange(name="live"))

    assert shop.store.entry(MAIN) == before
    assert [(a.name, a.description, a.version) for a in before.aliases] == [
        ("live", "For everybody", 1)
    ]


@pytest.mark.parametrize(
    "name", ["", "7", "$LATEST", "$SAVED", "a:b", "a b", "a--b", "x" * 101, "é", "_a"]
)
def test_an_alias_has_a_name_that_can_stand_behind_a_colon(
    versions: FlowVersions, center: Center, name: str
) -> None:
    """And that is neither a version's nor one of the service's own."""
    with pytest.raises(Rejected):
        versions.create_alias(center, MAIN, name=name, version=1)


def test_aliases_are_given_once_and_for_versions_that_are_there(
    versions: FlowVersions, shop: Shop, center: Center
) -> None:
    _, alias = versions.create_alias(center, MAIN, name="prod", version=1)
    versions.create_alias(shop.store.center(), MAIN, name="test", version=2)
    center = shop.store.center()

    with pytest.raises(Duplicate):
        versions.create_alias(center, MAIN, name="prod", version=2)
    with pytest.raises(Duplicate):
        versions.change_alias(center, MAIN, alias.alias_id, AliasChange(name="test"))
    for version in (0, 3, -1):
        with pytest.raises(NotFound):
            versions.create_alias(center, MAIN, name="next", version=version)
    with pytest.raises(NotFound):
        versions.change_alias(center, MAIN, alias.alias_id, AliasChange(version=3))
    with pytest.raises(NotFound):
        versions.alias(center, MAIN, "al-x")


def test_an_alias_that_a_flow_names_stays(
    versions: FlowVersions, shop: Shop, center: Center
) -> None:
    """Without that it goes, and the version stays."""
    _, alias = versions.create_alias(center, MAIN, name="prod", version=1)
    other = shop.create("Other", leads_to("flow:Main:prod"))

    with pytest.raises(InUse, match="flow 'Other'"):
        versions.delete_alias(shop.store.center(), MAIN, alias.alias_id)
    shop.delete(other.flow_id)
    versions.delete_alias(shop.store.center(), MAIN, alias.alias_id)

    assert shop.store.entry(MAIN).aliases == ()
    assert shop.store.entry(MAIN).versions == [2, 1]

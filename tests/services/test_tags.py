"""Tags by ARN."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.errors import NotFound, Rejected
from chalicelib.services.quick_connects import Destination, NewQuickConnect
from chalicelib.services.tags import TagsService
from tests.caller import OFFICE
from tests.fakes.center import InMemoryUserStore
from tests.house import SALES
from tests.services.setting_up import Office
from tests.services.test_flow_library import Shop
from tests.services.test_prompts import Studio


@pytest.fixture
def studio() -> Studio:
    return Studio()


@pytest.fixture
def tags(studio: Studio) -> TagsService:
    return TagsService(studio.shop.store, studio.shop.store, InMemoryUserStore(studio.shop.store))


@pytest.fixture
def shop(studio: Studio) -> Shop:
    return studio.shop


def test_flows_modules_and_prompts_have_tags(studio: Studio, shop: Shop, tags: TagsService) -> None:
    """Set, changed, taken away one by one; nothing else of the thing changes."""
    flow, module, prompt = shop.create("Main"), shop.module("Part"), studio.create("Welcome")
    center = shop.store.center()
    arns = [center.flow_arn(flow), center.flow_arn(module), center.prompt_arn(prompt)]
    for arn in arns:
        tags.tag(arn, {"team": "a", "live": "yes"})
        tags.tag(arn, {"team": "b"})
        tags.untag(arn, ["live", "never"])

    assert [tags.tags(arn) for arn in arns] == [{"team": "b"}] * 3
    assert shop.store.entry(flow.flow_id).version == 1


def test_a_qualified_arn_means_the_flow(shop: Shop, tags: TagsService) -> None:
    flow = shop.create("Main")

    tags.tag(f"{shop.store.center().flow_arn(flow)}:1", {"team": "a"})

    assert shop.store.entry(flow.flow_id).tags == {"team": "a"}


def test_too_many_tags_and_none_at_all_are_refused(shop: Shop, tags: TagsService) -> None:
    """Counted with those that are there."""
    arn = shop.store.center().flow_arn(shop.create("Main"))
    tags.tag(arn, {f"k{n}": "" for n in range(50)})

    for more in ({"one more": ""}, {}, {"aws:x": ""}):
        with pytest.raises(Rejected):
            tags.tag(arn, more)
    with pytest.raises(Rejected):
        tags.untag(arn, [])
    assert len(tags.tags(arn)) == 50


def test_what_is_not_there_has_no_tags(shop: Shop, tags: TagsService) -> None:
    """Nor has a thing of another kind, or of another instance."""
    center, flow = shop.store.center(), shop.create("Main")
    right = center.flow_arn(flow)
    for arn in (
        "",
        "arn:aws:connect",
        flow.flow_id,
        f"{center.arn}/contact-flow/f-x",
        f"{center.arn}/prompt/{flow.flow_id}",
        right.replace("i-1", "i-2"),
        right + "x",
    ):
        with pytest.raises(NotFound) as missing:
            tags.tags(arn)
        assert missing.value.field == "resourceArn"


def test_parts_of_the_configuration_have_tags() -> None:
    """Queues, hours and quick connects; nothing else of them changes."""
    office = Office()
    to = Destination(type="PHONE_NUMBER", phone_number="+12025550150")
    bank = office.quick_connects.create(office.center, NewQuickConnect(name="Bank", destination=to))
    before = office.center
    arns = [
        before.queue_arn(SALES),
        before.hours_arn(OFFICE.hours_id),
        before.quick_connect_arn(bank.quick_connect_id),
    ]
    tags = TagsService(office.store, office.store, InMemoryUserStore(office.store))
    for arn in arns:
        tags.tag(arn, {"team": "a", "live": "yes"})
        tags.untag(arn, ["team"])

    assert [tags.tags(arn) for arn in arns] == [{"live": "yes"}] * 3
    after = office.center
    assert replace(after.queues[-1], tags={}) == before.queues[0]
    assert replace(after.quick_connects[0], tags={}) == bank
    assert office.center.queues[0] == before.queues[1]

"""The first center of a stack, and who may set up the rest."""

from __future__ import annotations

import pytest

from chalicelib.core.center import BUILT_IN, Center, User
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.core.ids import InstanceId
from infra.first_center import set_up

ADDRESS = "Ada@acme.example"


class Store:
    """Holds one center, or none yet; dies at a write when it is told to."""

    def __init__(self) -> None:
        self.settings: Center | None = None
        self.users: list[User] = []
        self.is_dying = False

    def center(self) -> Center:
        if self.settings is None:
            raise NotFound("the center has not been set up")
        return self.settings

    def save_user(self, user: User) -> None:
        self.users.append(user)

    def save_settings(self, center: Center) -> None:
        if self.is_dying:
            raise ConnectionError
        self.settings = center


class Invitations:
    def __init__(self) -> None:
        self.invited: list[User] = []

    def invite(self, user: User) -> None:
        self.invited.append(user)


def center(zone: str = "Europe/Berlin", number: str = "+493012345678") -> Center:
    return Center(
        instance_id=InstanceId("i-1"),
        name="Nordlicht",
        time_zone=zone,
        main_number=number,
        voice_flow="Main inbound",
        chat_flow="Main inbound",
    )


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def invitations() -> Invitations:
    return Invitations()


def test_a_new_stack_gets_its_settings_and_one_admin(
    store: Store, invitations: Invitations
) -> None:
    """Nothing of the demo: no people, no queues, no numbers that practise."""
    set_up(store, invitations, center(), ADDRESS)

    assert center() == store.settings
    assert BUILT_IN == center().statuses
    (admin,) = store.users
    assert [admin] == invitations.invited
    assert ("ada@acme.example", ADDRESS, ("admin",)) == (admin.username, admin.email, admin.groups)
    assert admin.profile_id is None


def test_a_center_that_is_there_is_left_alone(store: Store, invitations: Invitations) -> None:
    """Whoever could run it again would be admin of somebody's center."""
    set_up(store, invitations, center(), ADDRESS)

    with pytest.raises(Conflict):
        set_up(store, invitations, center("Asia/Tokyo"), "eve@acme.example")

    assert center() == store.settings
    assert 1 == len(store.users) == len(invitations.invited)


def test_a_run_that_died_is_run_again(store: Store, invitations: Invitations) -> None:
    """With the same admin."""
    store.is_dying = True
    with pytest.raises(ConnectionError):
        set_up(store, invitations, center(), ADDRESS)

    store.is_dying = False
    set_up(store, invitations, center(), ADDRESS)

    assert center() == store.settings
    first, second = store.users
    assert first == second


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        (center(zone="Mars"), ADDRESS),
        (center(zone="/etc"), ADDRESS),
        (center(number="030 1234"), ADDRESS),
        (center(), "ada"),
        (center(), "ada+admin@acme.example"),
    ],
)
def test_what_cannot_be_is_refused_before_anybody_is_invited(
    store: Store, invitations: Invitations, wanted: Center, address: str
) -> None:
    """User names have no plus sign."""
    with pytest.raises(Rejected):
        set_up(store, invitations, wanted, address)

    assert [] == invitations.invited == store.users

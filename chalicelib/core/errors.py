"""The errors that leave the core on purpose; everything else is a bug and may rise."""

from collections.abc import Mapping, Sequence


class Refusal(Exception):
    """A request that was understood and not granted; the message names the field and the value."""

    def __init__(self, message: str, *, field: str | None = None, value: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.value = value


class NotFound(Refusal):
    """No such thing."""


class NotPublished(NotFound):
    """There is a draft of it, and no version yet."""


class Denied(Refusal):
    """The thing exists, but not for this caller."""


class Rejected(Refusal):
    """The request breaks a rule of the contact center."""


class TooMany(Rejected):
    """More of something than the contact center takes."""


class Conflict(Refusal):
    """Somebody else was first: reload and decide again.

    `difference` maps a field to what each wanted, yours first: `{"status": ("open", "closed")}`.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        value: object = None,
        current: object = None,
        difference: Mapping[str, tuple[object, object]] | None = None,
    ) -> None:
        super().__init__(message, field=field, value=value)
        self.current = current
        self.difference = difference


class LostRace(Conflict):
    """The commit came second; what it was decided on has changed."""


class Duplicate(Conflict):
    """Something of this name is there already."""


class InUse(Conflict):
    """It cannot go while others refer to it; the message names them."""

    def __init__(self, what: str, users: Sequence[str], *, value: object = None) -> None:
        super().__init__(f"{what} is used by {', '.join(users)}", value=value)
        self.users = list(users)


class QueueFull(Conflict):
    """The queue has no place left on this channel."""

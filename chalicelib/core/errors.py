"""The three errors that leave the core on purpose; everything else is a bug and may rise."""


class Refusal(Exception):
    """A request that was understood and not granted; the message names the field and the value."""

    def __init__(self, message: str, *, field: str | None = None, value: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.value = value


class NotFound(Refusal):
    """No such thing, or not for this caller."""


class Conflict(Refusal):
    """Somebody else was first: reload and decide again."""


class Rejected(Refusal):
    """The request breaks a rule of the contact center."""

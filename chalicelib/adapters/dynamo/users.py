"""Users in DynamoDB: found by name and by id, and all together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.dynamo import codec
from chalicelib.adapters.dynamo.shared import connection, lost_race
from chalicelib.adapters.dynamo.tables import UserRow
from chalicelib.core.center import User
from chalicelib.core.errors import Duplicate, LostRace
from chalicelib.core.ids import AgentId


class DynamoUserStore:
    """The UserStore on the table `center`. `changed` is told whose rows are others now."""

    def __init__(self, changed: Callable[[User], None]) -> None:
        self._changed = changed

    def users(self) -> list[User]:
        rows = UserRow.query("users", consistent_read=True)
        return [codec.load(row.document, User) for row in rows]

    def find(self, agent_id: AgentId) -> User | None:
        try:
            row = UserRow.get(f"agent#{agent_id}", "user", consistent_read=True)
        except UserRow.DoesNotExist:
            return None
        return codec.load(row.document, User)

    def add(self, user: User) -> User:
        try:
            return self._write(user, UserRow.pk.does_not_exist())
        except LostRace as error:
            message = f"a user named {user.username!r} exists"
            raise Duplicate(message, field="Username", value=user.username) from error

    def save(self, before: User, after: User) -> User:
        return self._write(replace(after, revision=before.revision + 1), _stands_at(before))

    def delete(self, user: User) -> None:
        with TransactWrite(connection=connection(UserRow)) as transaction:
            for row in rows_of(user):
                transaction.delete(row)
        self._changed(user)

    def _write(self, user: User, condition: Condition) -> User:
        first, *others = rows_of(user)
        message = f"user {user.username!r} was changed by somebody else"
        with (
            lost_race(message),
            TransactWrite(connection=connection(UserRow)) as transaction,
        ):
            transaction.save(first, condition=condition)
            for row in others:
                transaction.save(row)
        self._changed(user)
        return user


def rows_of(user: User) -> list[UserRow]:
    """The row by user name, the row by id, and the one among all."""
    keys = (
        (f"user#{user.username}", "user"),
        (f"agent#{user.agent_id}", "user"),
        ("users", user.username),
    )
    document = codec.dump(user)
    return [UserRow(*key, document=document, revision=user.revision) for key in keys]


def _stands_at(before: User) -> Condition:
    """Rows from before revisions were counted have none."""
    there = UserRow.revision == before.revision
    return (
        there
        if before.revision
        else there | (UserRow.pk.exists() & UserRow.revision.does_not_exist())
    )

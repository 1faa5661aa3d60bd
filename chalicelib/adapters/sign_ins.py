"""The user pool of the center: who can sign in, and in which groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.center import User
from chalicelib.core.errors import Duplicate, NotFound, Refusal, Rejected
from chalicelib.core.identity import GROUPS


class CognitoSignIns:
    """The SignIns port on one user pool."""

    def __init__(self, cognito: Any, pool_id: str) -> None:
        self._cognito = cognito
        self._pool_id = pool_id

    def create(self, user: User, password: str) -> None:
        who = {"UserPoolId": self._pool_id, "Username": user.username}
        with _refused(user.username):
            self._cognito.admin_create_user(
                **who, MessageAction="SUPPRESS", UserAttributes=_attributes(user)
            )
        try:
            with _refused(user.username):
                self._cognito.admin_set_user_password(**who, Password=password, Permanent=True)
            self.set_groups(user.username, user.groups)
        except (Refusal, BotoCoreError, ClientError):
            self.delete(user.username)  # half a sign-in is none
            raise

    def invite(self, user: User) -> None:
        """The pool writes to the user's address, with a password that is good once. Whoever was
        invited already is not written to again."""
        with suppress(Duplicate), _refused(user.username):
            self._cognito.admin_create_user(
                UserPoolId=self._pool_id,
                Username=user.username,
                DesiredDeliveryMediums=["EMAIL"],
                UserAttributes=_attributes(user),
            )
        self.set_groups(user.username, user.groups)

    def rename(self, user: User) -> None:
        with _refused(user.username):
            self._cognito.admin_update_user_attributes(
                UserPoolId=self._pool_id,
                Username=user.username,
                UserAttributes=_attributes(user),
            )

    def set_groups(self, username: str, groups: Collection[str]) -> None:
        who = {"UserPoolId": self._pool_id, "Username": username}
        with _refused(username):
            known = self._cognito.admin_list_groups_for_user(**who)["Groups"]
            before = {each["GroupName"] for each in known} & GROUPS
            for gone in sorted(before - set(groups)):  # first, so that nobody may more than meant
                self._cognito.admin_remove_user_from_group(**who, GroupName=gone)
            for new in sorted(set(groups) - before):
                self._cognito.admin_add_user_to_group(**who, GroupName=new)

    def delete(self, username: str) -> None:
        try:
            self._cognito.admin_delete_user(UserPoolId=self._pool_id, Username=username)
        except ClientError as error:
            if _code(error) != "UserNotFoundException":
                raise


def _attributes(user: User) -> list[dict[str, str]]:
    named = [{"Name": "name", "Value": user.name}]
    if not user.email:
        return named
    verified = {"Name": "email_verified", "Value": "true"}  # an admin vouches for it
    return [*named, {"Name": "email", "Value": user.email}, verified]


@contextmanager
def _refused(username: str) -> Iterator[None]:
    """What the pool refuses, in our words; a password is never repeated."""
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code == "UsernameExistsException":
            message = f"somebody signs in as {username!r} already"
            raise Duplicate(message, field="Username", value=username) from error
        if code == "UserNotFoundException":
            message = f"nobody signs in as {username!r}"
            raise NotFound(message, field="UserId", value=username) from error
        if code == "InvalidPasswordException":
            message = "Password has 12 characters or more, with small and big letters and digits"
            raise Rejected(message, field="Password") from error
        if code == "InvalidParameterException":
            message = f"the user pool does not take this: {error.response['Error'].get('Message')}"
            raise Rejected(message, field="IdentityInfo") from error
        raise


def _code(error: ClientError) -> str:
    code: str = error.response["Error"]["Code"]
    return code

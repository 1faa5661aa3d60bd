"""One S3 bucket: bytes in and out, and links that browsers may use without an account."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO, Literal
from urllib.parse import urlsplit, urlunsplit

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.errors import NotFound
from chalicelib.services.ports import ObjectInfo, Unavailable, UploadGrant

_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})


def s3_client(region: str, endpoint_url: str | None = None, session: Any = None) -> Any:
    """A client that signs with SigV4; time-outs are short because a person waits.

    Path style where an endpoint is given: a bucket's name is no host name there. The older
    signature, botocore's default for some endpoints, would let expired links through.
    """
    style: Literal["path", "virtual"] = "path" if endpoint_url else "virtual"
    return (session or botocore.session.get_session()).create_client(
        "s3",
        region_name=region,
        endpoint_url=endpoint_url or None,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": style},
            connect_timeout=1,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
    )


class _Body(io.RawIOBase):
    """A body as a file. botocore's own closes itself at its end, and whoever then reads on, as
    text does to be sure of the end, fails."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._body.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._body.close()
        super().close()


class S3ObjectStore:
    """An ObjectStore on one bucket.

    With `public_url`, links are signed for the endpoint that will check them and then carry
    the public origin: the proxy behind that origin forwards them with the endpoint's own host.
    """

    def __init__(self, client: Any, bucket: str, *, public_url: str | None = None) -> None:
        self._client = client
        self._bucket = bucket
        self._public_url = (public_url or "").rstrip("/")

    @property
    def bucket(self) -> str:
        return self._bucket

    def put(
        self,
        key: str,
        body: bytes | BinaryIO,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        with self._taken(key):
            self._client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType=content_type,
                Metadata=dict(metadata or {}),
            )

    def copy(self, key: str, to: str) -> None:
        source = {"Bucket": self._bucket, "Key": key}
        with self._taken(to), _there(key):
            self._client.copy_object(Bucket=self._bucket, Key=to, CopySource=source)

    def get(self, key: str) -> bytes:
        with self.open(key) as body:
            return body.read()

    def open(self, key: str) -> BinaryIO:
        with _there(key):
            reply = self._client.get_object(Bucket=self._bucket, Key=key)
        return io.BufferedReader(_Body(reply["Body"]))

    def describe(self, key: str) -> ObjectInfo | None:
        try:
            head = self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise
        return ObjectInfo(key, head["ContentLength"], head["ETag"].strip('"'), head["Metadata"])

    def list(self, prefix: str) -> Sequence[ObjectInfo]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        return [
            ObjectInfo(entry["Key"], entry["Size"], entry["ETag"].strip('"'))
            for page in pages
            for entry in page.get("Contents", [])
        ]

    def erase(self, prefix: str) -> int:
        """Of a bucket that keeps versions, an object that was merely deleted is still there."""
        gone = 0
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        for page in pages:
            found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            for each in found:
                self._client.delete_object(
                    Bucket=self._bucket, Key=each["Key"], VersionId=each["VersionId"]
                )
            gone += len({each["Key"] for each in found})
        return gone

    def presigned_post(self, prefix: str, *, expires_seconds: int, max_bytes: int) -> UploadGrant:
        form = self._client.generate_presigned_post(
            self._bucket,
            prefix + "${filename}",
            Conditions=[
                ["content-length-range", 1, max_bytes]
            ],  # and the key's beginning, by botocore
            ExpiresIn=expires_seconds,
        )
        return UploadGrant(self._public(form["url"]), form["fields"], prefix)

    def presigned_get(
        self, key: str, *, expires_seconds: int, download_as: str | None = None
    ) -> str:
        params = {"Bucket": self._bucket, "Key": key}
        if download_as:
            params["ResponseContentDisposition"] = f'attachment; filename="{download_as}"'
        return self._public(
            self._client.generate_presigned_url("get_object", params, ExpiresIn=expires_seconds)
        )

    @contextmanager
    def _taken(self, key: str) -> Iterator[None]:
        """A bucket that denies a write is told from a program that is wrong: people can act on
        it."""
        try:
            yield
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise Unavailable(f"bucket {self._bucket} did not take {key}: {code}") from error
        except BotoCoreError as error:
            what = type(error).__name__
            raise Unavailable(f"bucket {self._bucket} did not take {key}: {what}") from error

    def _public(self, url: str) -> str:
        if not self._public_url:
            return url
        signed = urlsplit(url)
        return self._public_url + urlunsplit(("", "", signed.path, signed.query, ""))


@contextmanager
def _there(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _ABSENT:
            raise NotFound(f"no object {key!r}", field="key", value=key) from error
        raise

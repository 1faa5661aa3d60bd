"""What every ObjectStore promises, on the fake and on S3's."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.adapters.objects import S3ObjectStore, s3_client
from chalicelib.core.errors import NotFound
from chalicelib.services.ports import ObjectStore, Unavailable
from tests.fakes.objects import InMemoryObjectStore


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with mock_aws():
        yield


@pytest.fixture(params=["fake", "s3"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    if request.param == "fake":
        return InMemoryObjectStore()
    request.getfixturevalue("aws")
    client = s3_client("us-east-1")
    client.create_bucket(Bucket="acme")
    for left in client.list_objects_v2(Bucket="acme").get("Contents", ()):
        client.delete_object(Bucket="acme", Key=left["Key"])  # of a session that began earlier
    return S3ObjectStore(client, "acme")


def test_what_was_put_is_got_with_its_metadata(store: ObjectStore) -> None:
    """Bytes and metadata come back as they went in."""
    store.put("a/1", b"one", content_type="audio/ogg", metadata={"seconds": "2.5"})

    described = store.describe("a/1")

    assert store.get("a/1") == b"one"
    assert described is not None
    assert (described.size_bytes, described.metadata) == (3, {"seconds": "2.5"})


def test_an_object_is_read_as_a_file_to_its_end(store: ObjectStore) -> None:
    """Also as text, which asks once more whether that was all."""
    store.put("a.csv", BytesIO(b"a,b\r\n" * 20_000), content_type="text/csv")

    with store.open("a.csv") as file, TextIOWrapper(file, "utf-8", newline="") as text:
        assert sum(1 for _ in text) == 20_000
    with pytest.raises(NotFound):
        store.open("b.csv")


def test_an_absent_object_is_described_as_none_and_not_found(store: ObjectStore) -> None:
    """A question about an absent object is answered; asking for its bytes is refused."""
    assert store.describe("a/1") is None
    with pytest.raises(NotFound, match="'a/1'"):
        store.get("a/1")


def test_a_listing_holds_what_is_below_the_prefix_by_key(store: ObjectStore) -> None:
    """Order of arrival does not matter, and neighbours stay out."""
    for key in ("a/2", "b/1", "a/1"):
        store.put(key, b"x", content_type="text/plain")

    assert [info.key for info in store.list("a/")] == ["a/1", "a/2"]


def test_equal_bytes_have_equal_etags_and_others_have_others(store: ObjectStore) -> None:
    """Whoever compares listings sees that an object changed."""
    for key, body in (("1", b"same"), ("2", b"same"), ("3", b"other")):
        store.put(key, body, content_type="text/plain")

    first, second, third = (info.etag for info in store.list(""))

    assert first == second != third


def test_an_upload_grant_names_its_prefix(store: ObjectStore) -> None:
    """The browser makes the keys; it must know where they may lie."""
    grant = store.presigned_post("parts/c1/", expires_seconds=60, max_bytes=100)

    assert grant.prefix == "parts/c1/"
    assert grant.fields["key"].startswith("parts/c1/")


@pytest.mark.usefixtures("aws")
def test_the_policy_of_a_grant_allows_its_prefix_and_size_only() -> None:
    """What S3 will check is in the signed policy, not in the page."""
    store = S3ObjectStore(s3_client("us-east-1"), "acme")

    grant = store.presigned_post("parts/c1/", expires_seconds=60, max_bytes=100)

    policy = json.loads(base64.b64decode(grant.fields["policy"]))
    assert ["starts-with", "$key", "parts/c1/"] in policy["conditions"]
    assert ["content-length-range", 1, 100] in policy["conditions"]
    assert {"bucket": "acme"} in policy["conditions"]
    assert "x-amz-signature" in grant.fields


@pytest.mark.usefixtures("aws")
def test_links_are_signed_with_sigv4_and_expire() -> None:
    """The older signature would let an expired link through on some endpoints."""
    store = S3ObjectStore(s3_client("us-east-1", "http://127.0.0.1:4566"), "acme")

    query = parse_qs(urlsplit(store.presigned_get("k", expires_seconds=900)).query)

    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["900"]


@pytest.mark.usefixtures("aws")
def test_with_a_public_url_links_carry_its_origin_and_the_endpoints_signature() -> None:
    """Browsers reach the bucket through the center's one origin."""
    client = s3_client("us-east-1", "http://127.0.0.1:4566")
    store = S3ObjectStore(client, "acme", public_url="http://localhost:8080/storage/")

    link = store.presigned_get("a b/ü.ogg", expires_seconds=900)
    grant = store.presigned_post("parts/", expires_seconds=60, max_bytes=1)

    assert link.startswith("http://localhost:8080/storage/acme/a%20b/%C3%BC.ogg?X-Amz-")
    assert grant.url == "http://localhost:8080/storage/acme"


@pytest.mark.usefixtures("aws")
def test_a_link_to_download_says_under_which_name() -> None:
    """A finance officer's file does not end up as a key with slashes."""
    store = S3ObjectStore(s3_client("us-east-1"), "acme")

    link = store.presigned_get("k", expires_seconds=60, download_as="day.csv")

    assert "response-content-disposition=attachment" in link


def test_erased_is_what_lies_below_the_prefix_and_nothing_else(store: ObjectStore) -> None:
    """How many objects are gone; of none, none."""
    for key in ("a/1", "a/2", "ab", "b/1"):
        store.put(key, b"x", content_type="text/plain")

    assert (store.erase("a/"), store.erase("a/")) == (2, 0)
    assert [each.key for each in store.list("")] == ["ab", "b/1"]


def test_a_bucket_that_keeps_versions_keeps_none_of_what_is_erased(aws: None) -> None:
    """Neither what was overwritten nor what was deleted before."""
    client = s3_client("us-east-1")
    client.create_bucket(Bucket="versions")
    client.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    store = S3ObjectStore(client, "versions")
    for body in (b"one", b"two"):
        store.put("a/1", body, content_type="text/plain")
    store.put("a/2", b"three", content_type="text/plain")
    client.delete_object(Bucket="versions", Key="a/2")

    assert store.erase("a/") == 2

    left = client.list_object_versions(Bucket="versions")
    assert (left.get("Versions"), left.get("DeleteMarkers")) == (None, None)


def test_a_copy_is_the_same_to_the_byte(store: ObjectStore) -> None:
    """With what is known of it; copied again it is still one."""
    store.put("exports/a.csv", b"a,b", content_type="text/csv", metadata={"rows": "1"})

    for _ in range(2):
        store.copy("exports/a.csv", "deliveries/finance/a.csv")

    described = store.describe("deliveries/finance/a.csv")
    assert store.get("deliveries/finance/a.csv") == b"a,b"
    assert described is not None
    assert described.metadata == {"rows": "1"}
    assert [info.key for info in store.list("deliveries/")] == ["deliveries/finance/a.csv"]


def test_what_is_not_there_cannot_be_copied(store: ObjectStore) -> None:
    with pytest.raises(NotFound):
        store.copy("exports/none.csv", "deliveries/finance/none.csv")


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown"])
def test_a_bucket_that_takes_nothing_says_so(
    aws: None, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    """With its own code, so that an operator knows what to do."""
    client = s3_client("us-east-1")

    def deny(operation: str, _: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation)

    monkeypatch.setattr(client, "_make_api_call", deny)
    store = S3ObjectStore(client, "acme")

    told = rf"bucket acme did not take a\.csv: {code}"
    with pytest.raises(Unavailable, match=told):
        store.put("a.csv", b"", content_type="text/csv")
    with pytest.raises(Unavailable, match=told):
        store.copy("b.csv", "a.csv")

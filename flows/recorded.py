"""Contacts as a running center recorded them, each as its `explain` gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, urlencode

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session

from flows.files import Unusable
from flows.report import progress

READERS = 8  # requests at once


class Center:
    """The REST of a center of ours, signed with the keys that boto3 finds in its usual places."""

    def __init__(self, endpoint_url: str, region: str | None = None) -> None:
        session = boto3.Session(region_name=region)
        credentials = session.get_credentials()
        if credentials is None:
            raise Unusable("there are no keys to sign with: set AWS_ACCESS_KEY_ID and its secret")
        self._url = endpoint_url.rstrip("/")
        self._signer = SigV4Auth(credentials, "connect", session.region_name or "us-east-1")
        self._http = URLLib3Session(max_pool_connections=READERS)

    def contacts(self, flow: str, last: int) -> Iterator[dict[str, Any]]:
        """The explanations of the newest finished contacts that began with this flow."""
        query = urlencode({"flow": flow, "limit": last}, quote_via=quote)
        found = [each["contactId"] for each in self._get(f"/v1/contacts?{query}")["contacts"]]
        with ThreadPoolExecutor(READERS) as readers:
            explained = readers.map(lambda each: self._get(f"/v1/contacts/{each}/explain"), found)
            for _ in progress(found, "contact"):
                yield next(explained)

    def _get(self, path: str) -> dict[str, Any]:
        request = AWSRequest("GET", f"{self._url}{path}")
        self._signer.add_auth(request)
        try:
            answer = self._http.send(request.prepare())
        except BotoCoreError as error:
            raise Unusable(f"{self._url}: {error}") from error
        if answer.status_code != 200:
            raise Unusable(f"{path}: {answer.status_code} {answer.text[:200]}")
        document: dict[str, Any] = json.loads(answer.text)
        return document

"""Recordings that flows play: copied from where an admin put them, so that they cannot change."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from chalicelib.core.center import Center, StoredPrompt
from chalicelib.core.errors import Duplicate, InUse, NotFound, Rejected
from chalicelib.core.tags import checked_tags
from chalicelib.services.flow_library import checked_description, checked_name
from chalicelib.services.flow_usage import FlowUsage
from chalicelib.services.ports import CenterStore, ObjectStore

AUDIO_LIMIT = 50 * 1024 * 1024
LINK_SECONDS = 3600
_DESCRIPTION_LIMIT = 250
_S3_URI = re.compile(r"s3://(?P<bucket>[^/\s]+)/(?P<key>.+)")
_S3_URL = re.compile(r"https://(?P<bucket>\S+?)\.s3[.-]\S*?amazonaws\.com/(?P<key>\S+)")
_KINDS = (  # first bytes, and what a browser calls it
    (re.compile(rb"RIFF.{4}WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (re.compile(rb"ID3|\xff[\xe2-\xfb]"), "audio/mpeg"),
)


class PromptStore(CenterStore, Protocol):
    def save_prompt(self, prompt: StoredPrompt) -> None: ...

    def delete_prompt(self, prompt_id: str) -> None: ...


class PromptsService:
    """The prompts of one center; their audio lies in its bucket for prompts."""

    def __init__(
        self,
        store: PromptStore,
        objects: ObjectStore,
        usage: FlowUsage,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._objects = objects
        self._usage = usage
        self._now = now
        self._new_id = new_id

    def listed(self, center: Center) -> list[StoredPrompt]:
        """By name."""
        return sorted(center.prompts, key=lambda prompt: prompt.name)

    def find(self, center: Center, reference: str) -> StoredPrompt:
        identifier = reference.rsplit("/", 1)[-1]
        found = next((p for p in center.prompts if p.prompt_id == identifier), None)
        if found is None:
            raise NotFound(f"no prompt {reference!r}", field="PromptId", value=reference)
        return found

    def create(
        self,
        center: Center,
        *,
        name: str,
        s3_uri: str,
        description: str = "",
        tags: Mapping[str, str],
    ) -> StoredPrompt:
        prompt_id = self._new_id()
        prompt = StoredPrompt(
            prompt_id=prompt_id,
            name=self._free(center, name),
            description=checked_description(description, _DESCRIPTION_LIMIT),
            tags=checked_tags(tags),
            key=self._copied(prompt_id, s3_uri),
            changed_at=self._now(),
        )
        self._store.save_prompt(prompt)
        return prompt

    def change(
        self,
        center: Center,
        reference: str,
        *,
        name: str | None = None,
        description: str | None = None,
        s3_uri: str | None = None,
    ) -> StoredPrompt:
        """What is not given stays; flows play new audio from their next turn on."""
        known = self.find(center, reference)
        after = replace(known, changed_at=self._now())
        if name is not None and name != known.name:
            after = replace(after, name=self._free(center, name))
        if description is not None:
            after = replace(after, description=checked_description(description, _DESCRIPTION_LIMIT))
        if s3_uri is not None:
            after = replace(after, key=self._copied(known.prompt_id, s3_uri))
        self._store.save_prompt(after)
        return after

    def delete(self, center: Center, reference: str) -> None:
        """Refused while a flow plays it."""
        prompt = self.find(center, reference)
        users = self._usage.of_prompt(center, prompt)
        if users:
            raise InUse(f"prompt {prompt.name!r}", users, value=center.prompt_arn(prompt))
        self._store.delete_prompt(prompt.prompt_id)

    def link(self, prompt: StoredPrompt) -> str:
        """Where anybody can hear it for an hour."""
        return self._objects.presigned_get(prompt.key, expires_seconds=LINK_SECONDS)

    def _free(self, center: Center, name: str) -> str:
        if any(prompt.name == name for prompt in center.prompts):
            raise Duplicate(f"a prompt named {name!r} exists", field="Name", value=name)
        return checked_name(name)

    def _copied(self, prompt_id: str, s3_uri: str) -> str:
        """The key of a copy that nobody else writes to."""
        found = _S3_URI.fullmatch(s3_uri) or _S3_URL.fullmatch(s3_uri)
        if found is None or found["bucket"] != self._objects.bucket:
            message = f"S3Uri must name an object of the bucket {self._objects.bucket}"
            raise Rejected(message, field="S3Uri", value=s3_uri)
        about = self._objects.describe(found["key"])
        if about is None:
            raise Rejected("there is no such object", field="S3Uri", value=s3_uri)
        if about.size_bytes > AUDIO_LIMIT:
            raise Rejected(f"audio has at most {AUDIO_LIMIT} bytes", field="S3Uri", value=s3_uri)
        audio = self._objects.get(found["key"])
        kind = next((name for pattern, name in _KINDS if pattern.match(audio)), None)
        if kind is None:
            raise Rejected("this is neither WAV, nor Ogg, nor MP3", field="S3Uri", value=s3_uri)
        copy = f"prompts/{prompt_id}/{self._new_id()}"
        self._objects.put(copy, audio, content_type=kind)
        return copy

"""REST: Amazon Connect's API for prompts."""

from __future__ import annotations

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.core.center import Center, StoredPrompt
from chalicelib.core.search import Found
from chalicelib.entrypoints.connect_shapes import (
    ADMINS,
    CONNECT,
    Search,
    Shape,
    center_of,
    dated,
    listed,
    without_nothing,
)
from chalicelib.entrypoints.edge import Call, endpoint

bp = Blueprint(__name__)

_PROMPTS = "/prompts/{instance_id}"
_PROMPT = "/prompts/{instance_id}/{prompt_id}"


class CreatePrompt(Shape):
    name: str
    s3_uri: str
    description: str = ""
    tags: dict[str, str] = {}


class UpdatePrompt(Shape):
    name: str | None = None
    s3_uri: str | None = None
    description: str | None = None


@endpoint(bp, "PUT", _PROMPTS, who=ADMINS, body=CreatePrompt, style=CONNECT)
def create_prompt(call: Call, instance_id: str) -> object:
    body: CreatePrompt = call.body
    center = center_of(instance_id)
    prompt = bootstrap.prompts().create(
        center, name=body.name, s3_uri=body.s3_uri, description=body.description, tags=body.tags
    )
    return _named(center, prompt)


@endpoint(bp, "GET", _PROMPT, who=ADMINS, style=CONNECT)
def describe_prompt(call: Call, instance_id: str, prompt_id: str) -> object:
    center = center_of(instance_id)
    return {"Prompt": _shown(center, bootstrap.prompts().find(center, prompt_id))}


@endpoint(bp, "POST", _PROMPT, who=ADMINS, body=UpdatePrompt, style=CONNECT)
def update_prompt(call: Call, instance_id: str, prompt_id: str) -> object:
    body: UpdatePrompt = call.body
    center = center_of(instance_id)
    prompt = bootstrap.prompts().change(
        center, prompt_id, name=body.name, description=body.description, s3_uri=body.s3_uri
    )
    return _named(center, prompt)


@endpoint(bp, "DELETE", _PROMPT, who=ADMINS, style=CONNECT)
def delete_prompt(call: Call, instance_id: str, prompt_id: str) -> object:
    bootstrap.prompts().delete(center_of(instance_id), prompt_id)
    return {}


@endpoint(bp, "GET", f"{_PROMPT}/file", who=ADMINS, style=CONNECT)
def get_prompt_file(call: Call, instance_id: str, prompt_id: str) -> object:
    center, prompts = center_of(instance_id), bootstrap.prompts()
    prompt = prompts.find(center, prompt_id)
    return {"PromptPresignedUrl": prompts.link(prompt), **dated(center, prompt.changed_at)}


@endpoint(bp, "GET", "/prompts-summary/{instance_id}", who=ADMINS, style=CONNECT)
def list_prompts(call: Call, instance_id: str) -> object:
    center = center_of(instance_id)
    return listed(
        call,
        "PromptSummaryList",
        bootstrap.prompts().listed(center),
        lambda prompt: prompt.name,
        lambda prompt: {
            "Id": prompt.prompt_id,
            "Arn": center.prompt_arn(prompt),
            "Name": prompt.name,
            **dated(center, prompt.changed_at),
        },
    )


@endpoint(bp, "POST", "/search-prompts", who=ADMINS, body=Search, style=CONNECT)
def search_prompts(call: Call) -> object:
    body: Search = call.body
    center = center_of(body.instance_id)

    def shown(prompt: StoredPrompt) -> dict[str, object]:
        return _shown(center, prompt)

    prompts = bootstrap.prompts().listed(center)
    return body.found("Prompts", prompts, lambda prompt: prompt.name, _searched, shown)


def _named(center: Center, prompt: StoredPrompt) -> dict[str, object]:
    return {"PromptARN": center.prompt_arn(prompt), "PromptId": prompt.prompt_id}


def _shown(center: Center, prompt: StoredPrompt) -> dict[str, object]:
    return without_nothing(
        {
            **_named(center, prompt),
            "Name": prompt.name,
            "Description": prompt.description or None,
            "Tags": dict(prompt.tags),
            **dated(center, prompt.changed_at),
        }
    )


def _searched(prompt: StoredPrompt) -> Found:
    texts = dict.fromkeys(("type", "state", "status"), "")
    return Found(
        texts={**texts, "name": prompt.name, "description": prompt.description}, tags=prompt.tags
    )

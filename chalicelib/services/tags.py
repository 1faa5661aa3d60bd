"""Tags on flows, modules and prompts, by ARN."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from chalicelib.core.center import Center, StoredPrompt
from chalicelib.core.errors import NotFound, Rejected
from chalicelib.core.flow_entry import FlowEntry
from chalicelib.core.tags import checked_tags
from chalicelib.services.flow_ports import FlowStore
from chalicelib.services.prompts import PromptStore

type Tags = Mapping[str, str]


class TagsService:
    def __init__(self, flows: FlowStore, prompts: PromptStore) -> None:
        self._flows = flows
        self._prompts = prompts

    def tags(self, arn: str) -> Tags:
        return self._thing(arn).tags

    def tag(self, arn: str, tags: Tags) -> None:
        """Adds these; a key that is there gets the new value."""
        if not tags:
            raise Rejected("there are no tags to set", field="tags")
        self._change(arn, lambda known: checked_tags({**known, **checked_tags(tags)}))

    def untag(self, arn: str, keys: Collection[str]) -> None:
        """A key that is not there is no error."""
        if not keys:
            raise Rejected("there are no keys to take away", field="tagKeys")
        self._change(arn, lambda known: {k: v for k, v in known.items() if k not in keys})

    def _change(self, arn: str, changed: Callable[[Tags], Tags]) -> None:
        thing = self._thing(arn)
        after = replace(thing, tags=changed(thing.tags))
        if isinstance(thing, FlowEntry) and isinstance(after, FlowEntry):
            self._flows.save_flow(thing, after)
        elif isinstance(after, StoredPrompt):
            self._prompts.save_prompt(after)

    def _thing(self, arn: str) -> FlowEntry | StoredPrompt:
        wanted = arn.partition(":instance/")[2].partition(":")[0]
        for known, thing in _tagged(self._prompts.latest()):
            if known.partition(":instance/")[2] == wanted:
                return thing
        raise NotFound(f"nothing with tags is called {arn!r}", field="resourceArn", value=arn)


def _tagged(center: Center) -> list[tuple[str, FlowEntry | StoredPrompt]]:
    return [
        *((center.flow_arn(entry), entry) for entry in center.flows),
        *((center.prompt_arn(prompt), prompt) for prompt in center.prompts),
    ]

"""What a module of the old export format holds: its parameters, branches and layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.core.flow import values

# Under which names the old designer offered what JSONPath reaches today.
_SYSTEM = {
    "Customer Number": "$.CustomerEndpoint.Address",
    "Customer ID": "$.CustomerId",
    "Dialed Number": "$.SystemEndpoint.Address",
    "Customer callback number": "$.CustomerCallBackPhoneNumber",
    "Stored customer input": "$.StoredCustomerInput",
    "Queue name": "$.Queue.Name",
    "Queue ARN": "$.Queue.ARN",
    "Queue outbound number": "$.Queue.OutboundCallerId.Address",
    "Text to speech voice": "$.TextToSpeechVoiceId",
    "Contact id": "$.ContactId",
    "Contact Id": "$.ContactId",
    "Initial Contact id": "$.InitialContactId",
    "Initial Contact Id": "$.InitialContactId",
    "Previous Contact id": "$.PreviousContactId",
    "Channel": "$.Channel",
    "Instance ARN": "$.InstanceARN",
    "Initiation method": "$.InitiationMethod",
    "Initiation Method": "$.InitiationMethod",
    "Language": "$.LanguageCode",
    "Agent User name": "$.Agent.UserName",
    "Agent First name": "$.Agent.FirstName",
    "Agent Last name": "$.Agent.LastName",
    "Agent ARN": "$.Agent.ARN",
}
_ROOTS = {
    "External": "$.External",
    "User Defined": "$.Attributes",
    "Lex": "$.Lex",
    "Lex Slots": "$.Lex.Slots",
    "Lex Attributes": "$.Lex.SessionAttributes",
    "Queue Metrics": "$.Metrics",
    "Media": "$.Media",
}
_DOTTED = re.compile(r"\w+(?:\.\w+)*")
_PLAIN_NAME = re.compile(r"\w(?:[\w-]*\w)?")


@dataclass(frozen=True, slots=True)
class Branch:
    """`operator` and `value` only where the branch compares."""

    name: str
    operator: str
    value: str
    target: str


class Given:
    """One module, whatever is missing or odd in it."""

    def __init__(self, module: Mapping[str, object]) -> None:
        self.identifier = values.written(module.get("id"))
        self.type = values.written(module.get("type"))
        self.target = values.written(module.get("target"))
        self.branches = tuple(_branches(module))
        self._parameters = tuple(_entries(module, "parameters"))
        self._metadata = module.get("metadata")

    def names(self) -> list[str]:
        return [values.written(entry.get("name")) for entry in self._parameters]

    def has(self, name: str) -> bool:
        return any(entry.get("name") == name for entry in self._parameters)

    def value(self, name: str) -> str:
        """The value of this name, a dynamic one as JSONPath; empty when it is not there."""
        return next((_value(e) for e in self._parameters if e.get("name") == name), "")

    def is_true(self, name: str) -> bool:
        return values.is_true(self.value(name))

    def keyed(self, name: str) -> dict[str, object]:
        """All entries of this name, by their keys."""
        found = [entry for entry in self._parameters if entry.get("name") == name]
        return {values.written(entry.get("key")): _value(entry) for entry in found}

    def reference(self, name: str, kind: str) -> str:
        """An ARN, a JSONPath, or the name of the thing where the export left its ARN out."""
        named = [entry for entry in self._parameters if entry.get("name") == name]
        for entry in named:
            title = values.written(entry.get("resourceName"))
            return _value(entry) or (f"{kind}:{title}" if title else "")
        return ""

    def queue(self) -> dict[str, object]:
        """The queue or the agent whose queue is meant, if the module names one."""
        if self.has("Agent"):
            return {"AgentId": self.reference("Agent", "agent")}
        return {"QueueId": self.reference("Queue", "queue")} if self.has("Queue") else {}

    def prompt(self) -> dict[str, object]:
        """The first prompt, under the name of its source."""
        first = next(iter(self.prompts()), None)
        return dict(first) if isinstance(first, Mapping) else {}

    def prompts(self) -> list[object]:
        """Every prompt, in order."""
        is_ssml = self.value("TextToSpeechType") == "ssml"
        found: list[object] = []
        for entry in self._parameters:
            if entry.get("name") == "Text":
                name = "SSML" if is_ssml or entry.get("key") == "ssml" else "Text"
                found.append({name: _value(entry)})
            elif entry.get("name") == "AudioPrompt":
                title = values.written(entry.get("resourceName"))
                found.append({"PromptId": _value(entry) or f"prompt:{title}"})
        return found

    def compared(self) -> str:
        """What a check of an attribute looks at."""
        return _path(self.value("Attribute"), self.value("Namespace"))

    def metadata(self) -> dict[str, object]:
        """Layout as it was, and the names of things beside their ARNs, as designers show them."""
        kept = dict(self._metadata) if isinstance(self._metadata, Mapping) else {}
        names = {
            values.written(entry.get("name")): {"displayName": entry["resourceName"]}
            for entry in self._parameters
            if entry.get("resourceName")
        }
        return {**kept, "parameters": names} if names else kept


def _entries(module: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    entries = module.get(name)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, Mapping):
            yield entry


def _branches(module: Mapping[str, object]) -> Iterator[Branch]:
    for entry in _entries(module, "branches"):
        yield Branch(
            name=values.written(entry.get("condition")),
            operator=values.written(entry.get("conditionType")),
            value=values.written(entry.get("conditionValue")),
            target=values.written(entry.get("transition")),
        )


def _value(entry: Mapping[str, object]) -> str:
    return _path(values.written(entry.get("value")), values.written(entry.get("namespace")))


def _path(value: str, namespace: str) -> str:
    """A value of a namespace as JSONPath; without one, or as a path already, as it is."""
    if not namespace or not value or value.startswith("$"):
        return value
    if namespace == "System":
        return _SYSTEM.get(value) or (f"$.{value}" if _DOTTED.fullmatch(value) else value)
    root = _ROOTS.get(namespace, "$." + "".join(namespace.split()))
    if _PLAIN_NAME.fullmatch(value):
        return f"{root}.{value}"
    return f"{root}['{value}']" if namespace == "User Defined" else f"{root}.{value}"

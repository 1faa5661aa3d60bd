"""Reads conversations as an admin writes them: whole, every mistake told with its line."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from chalicelib.core.flow_tools.script import (
    NAMED,
    Conversation,
    Line,
    Mistake,
    Node,
    Script,
    Verb,
    shown,
)
from chalicelib.core.flow_tools.wording import Wrong, value_of


def read(document: Node) -> tuple[Script, list[Mistake]]:
    """The conversations of a document, and everything in it that is not understood."""
    reader = _Reader()
    return reader.script(document), reader.mistakes


class _Reader:
    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def script(self, document: Node) -> Script:
        entries = self._entries(document, "a file of conversations")
        flow = self._text(entries.get("flow"))
        impossible = self._impossible(entries.get("cannot happen"), flow or "")
        for key, node in entries.items():
            if key not in ("flow", "conversations", "cannot happen"):
                known = "flow, conversations, cannot happen"
                self._mistake(node.line, f"unknown field {key!r}; known are {known}")
        listed = entries.get("conversations")
        if listed is None or not isinstance(listed.value, list):
            self._mistake(document.line, "there is no list `conversations`")
            return Script()
        read = [self._conversation(node, flow) for node in listed.value]
        return Script(tuple(read), impossible)

    def _conversation(self, node: Node, flow: str | None) -> Conversation:
        entries = dict(self._entries(node, "a conversation"))
        name = self._text(entries.pop("name", None))
        if not name:
            self._mistake(node.line, "a conversation needs a `name`")
        flow = self._text(entries.pop("flow", None)) or flow
        steps = entries.pop("steps", None)
        lines = [self._line(key, value) for key, value in entries.items()]
        if steps is None or not isinstance(steps.value, list):
            self._mistake(node.line, "a conversation needs a list of `steps`")
        else:
            lines += [self._step(step) for step in steps.value]
        known = tuple(line for line in lines if line is not None)
        return Conversation(name or "", flow, known, node.line)

    def _step(self, node: Node) -> Line | None:
        if isinstance(node.value, str):
            return self._line(node.value, Node("", node.line))
        entries = self._entries(node, "a step")
        if len(entries) != 1:
            self._mistake(node.line, f"a step says one thing, not {len(entries)}")
            return None
        [(key, value)] = entries.items()
        return self._line(key, value)

    def _line(self, key: str, node: Node) -> Line | None:
        verb, subject = _verb(key)
        if verb is None:
            close = get_close_matches(key, [verb.value for verb in Verb], n=1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(Verb)}"
            self._mistake(node.line, f"unknown step {key!r}{hint}")
            return None
        if (verb in NAMED) != bool(subject):
            need = f"needs a name, as in `{verb} Support: …`" if verb in NAMED else "takes no name"
            self._mistake(node.line, f"{verb.value!r} {need}")
            return None
        try:
            value = value_of(verb, node)
        except Wrong as wrong:
            self._mistake(node.line, f"{key}: {wrong}")
            return None
        return Line(verb, subject, value, node.line, f"{key}: {shown(node)}".rstrip(": "))

    def _impossible(self, node: Node | None, flow: str) -> Mapping[tuple[str, str, str], str]:
        found = {}
        for item in node.value if node is not None and isinstance(node.value, list) else ():
            entries = self._entries(item, "an entry of `cannot happen`")
            fields = {key: self._text(value) for key, value in entries.items()}
            if set(fields) - {"flow"} != {"block", "branch", "because"}:
                self._mistake(item.line, "`cannot happen` needs block, branch and because")
                continue
            place = (fields.get("flow", flow), fields["block"], fields["branch"])
            found[place] = fields["because"]
        return found

    def _entries(self, node: Node, what: str) -> Mapping[str, Node]:
        if isinstance(node.value, Mapping):
            return node.value
        self._mistake(node.line, f"{what} is written as `name: value`")
        return {}

    def _text(self, node: Node | None) -> str:
        return node.value.strip() if node is not None and isinstance(node.value, str) else ""

    def _mistake(self, line: int, message: str) -> None:
        self.mistakes.append(Mistake(line, message))


def _verb(key: str) -> tuple[Verb | None, str]:
    if key in list(Verb):
        return Verb(key), ""
    first, _, rest = key.partition(" ")
    named = next((verb for verb in NAMED if verb == first), None)
    return named, rest.strip()

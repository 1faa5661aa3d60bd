"""Reads what lies on the disk: flow documents, conversations, centers, recorded contacts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import time
from pathlib import Path

import yaml

from chalicelib.core.bots import Bot, InvalidBot, read_bot
from chalicelib.core.errors import Rejected
from chalicelib.core.flow import (
    InvalidFlow,
    Problem,
    PublishedFlow,
    in_todays_language,
    parse,
)
from chalicelib.core.flow.parser import examine
from chalicelib.core.flow_tools.center import ALWAYS, Center, Reply, published, queue_view
from chalicelib.core.flow_tools.reading import read
from chalicelib.core.flow_tools.script import Mistake, Node, Script
from chalicelib.core.hours import Config, Day, HoursOfOperation
from chalicelib.core.ids import HoursId

CONVERSATIONS = ".conversations.yaml"
CENTER = "center.yaml"
_PLACE = re.compile(r"Actions\[(\d+)\]")
# `lambda x: returns {a: b}` as people write it; YAML wants braces around what has a colon in it.
_RETURNS = re.compile(r"^(\s*(?:- )?lambda [^:]+: )(returns: ?|returns )(\{.*\})\s*$")


class Unusable(Exception):
    """A file that the command cannot work with; the message names it."""


class NoFlow(Unusable):
    """What cannot be published: every problem, with its block and its place."""

    def __init__(self, path: Path, problems: list[str]) -> None:
        super().__init__("\n".join(f"{path}: {problem}" for problem in problems))
        self.problems = problems


class _Loader(yaml.SafeLoader):
    """Without `*names` for what stands elsewhere: a few lines of them are more than any memory."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # by its stubs
            raise yaml.MarkedYAMLError(problem="nothing is known by this name", problem_mark=mark)
        return super().compose_node(parent, index)


class Broken(Unusable):
    """A YAML file that cannot be read from this line on."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.mistake = Mistake(line, message)


def text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise NoFlow(path, [f"this is no text: {error.reason} at {error.start}"]) from error


def flow_paths(arguments: Iterable[str]) -> list[Path]:
    """Files as they are, directories as the flows in them."""
    found: list[Path] = []
    for argument in arguments:
        path = Path(argument)
        if not path.exists():
            raise Unusable(f"{path}: no such file")
        found += sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not found:
        raise Unusable("there are no flows")
    return found


def in_flow_language(path: Path) -> str:
    """The document's text, byte for byte; an export of the old format in today's language."""
    return in_todays_language(text_of(path))


def read_flow(path: Path, *, strict: bool = True) -> PublishedFlow:
    """A flow under the name that its metadata gives it; NoFlow with all problems."""
    content = in_flow_language(path)
    try:
        flow = parse(content, strict=strict)
    except InvalidFlow as error:
        raise NoFlow(path, _named(content, error.problems)) from error
    about = json.loads(content).get("Metadata")
    about = about if isinstance(about, dict) else {}
    return published(str(about.get("name") or path.stem), str(about.get("type") or ""), flow)


def read_flows(paths: Iterable[Path]) -> list[PublishedFlow]:
    """All of them, or Unusable with every problem of every one."""
    flows, wrong = [], []
    for path in paths:
        try:
            flows.append(read_flow(path))
        except NoFlow as error:
            wrong.append(str(error))
    if wrong:
        raise Unusable("\n".join(wrong))
    return flows


def is_flow(path: Path) -> bool:
    try:
        read_flow(path)
    except NoFlow:
        return False
    return True


def _named(content: str, problems: Iterable[Problem]) -> list[str]:
    """Each with the name of its block, if the document can be read so far."""
    try:
        names = examine(content).names
    except InvalidFlow:
        names = ()
    return [f"{_block(names, problem.path)}{problem}" for problem in problems]


def _block(names: tuple[str, ...], path: str) -> str:
    place = _PLACE.match(path)
    name = names[int(place[1])] if place and int(place[1]) < len(names) else ""
    return f"{name}: " if name else ""


# --- YAML -------------------------------------------------------------------------------------


def read_script(path: Path) -> tuple[Script, list[Mistake]]:
    """The conversations in a file, and what is wrong with it."""
    try:
        return read(read_yaml(path))
    except Broken as broken:
        return Script(), [broken.mistake]


def read_yaml(path: Path) -> Node:
    lines = [_RETURNS.sub(r"\1{returns: \3}", line) for line in text_of(path).split("\n")]
    try:
        root = yaml.compose("\n".join(lines), Loader=_Loader)
        return Node("", 1) if root is None else _node(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        hint = "a text with `: `, or that begins with * or #, needs quotes"
        raise Broken(path, line, f"{error.problem} ({hint})") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise Broken(path, 1, f"this is no YAML: {str(error).splitlines()[0]}") from error


def _node(node: yaml.Node) -> Node:
    """Texts stay as they were written: `1` and `+1…` and `0123` are keys and numbers."""
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        entries: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in entries:
                problem = "a name is a text, and stands only once"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            entries[key.value] = _node(value)
        return Node(entries, line, {key: value.plain for key, value in entries.items()})
    if isinstance(node, yaml.SequenceNode):
        items = [_node(item) for item in node.value]
        return Node(items, line, [item.plain for item in items])
    return Node(str(node.value), line, _plain(node))


def _plain(node: yaml.Node) -> object:
    """A scalar as JSON has it, for the reply of a function."""
    if not node.tag.endswith((":int", ":float", ":bool", ":null")):
        return str(node.value)
    try:
        plain: object = yaml.safe_load(node.value)
    except ValueError:
        return str(node.value)  # a tag that was put there by hand
    return plain


# --- the center to rehearse in ----------------------------------------------------------------


def read_center(path: Path | None) -> Center:
    """What `center.yaml` lists; without one everything that a flow names is there, and open."""
    if path is None:
        return Center()
    plain = read_yaml(path).plain
    document = plain if isinstance(plain, dict) else {}
    unknown = set(document) - {"queues", "hours", "functions", "prompts"}
    if unknown:
        raise Unusable(f"{path}: unknown field {sorted(unknown)[0]!r}")
    center = Center(invents=False, bots=read_bots(path.parent / "bots"))
    for name, hours in _entries(document.get("queues")):
        center.queues[name] = queue_view(name, str(hours or ALWAYS))
    center.prompts.update(map(str, _listed(document.get("prompts"))))
    for name, week in _entries(document.get("hours")):
        center.calendars[name] = _calendar(path, name, week)
    for name, reply in _entries(document.get("functions")):
        center.functions[name] = _reply(path, name, reply)
    return center


def read_bots(folder: Path) -> dict[str, Bot]:
    """The bots in it, by name."""
    bots = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            bots[path.stem] = read_bot(yaml.safe_load(text_of(path)))
        except (InvalidBot, yaml.YAMLError) as error:
            raise Unusable(f"{path}: {error}") from error
    return bots


def _entries(section: object) -> Iterable[tuple[str, object]]:
    return section.items() if isinstance(section, Mapping) else ()


def _listed(section: object) -> Iterable[object]:
    return section if isinstance(section, list) else ()


def _reply(path: Path, name: str, written: object) -> Reply:
    """One reply, or a list of `{when: {key: "1"}, returns: {…}}`, the last perhaps without when."""
    if not isinstance(written, list):
        return Reply(written)
    cases = []
    for case in written:
        if not isinstance(case, dict) or "returns" not in case or set(case) - {"when", "returns"}:
            raise Unusable(f"{path}: function {name}: a case has `when` and `returns`")
        cases.append((dict(_entries(case.get("when"))), case["returns"]))
    return Reply({}, cases=tuple(cases))


def _calendar(path: Path, name: str, week: object) -> HoursOfOperation:
    """`{time zone: America/New_York, Monday: 09:00-17:00, …}`."""
    entries = {str(key).upper(): str(value) for key, value in _entries(week)}
    zone = entries.pop("TIME ZONE", "UTC")
    try:
        config = tuple(_opening(day, span) for day, span in entries.items())
        return HoursOfOperation(hours_id=HoursId(name), name=name, time_zone=zone, config=config)
    except (ValueError, Rejected) as error:
        raise Unusable(f"{path}: hours {name}: {error}") from error


def _opening(day: str, span: str) -> Config:
    start, _, end = span.partition("-")
    return Config(Day(day), time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))

"""`python -m flows`: lint, test, coverage, diff, replay, explore, import, export, promote.

Exit codes: 0 all is well, 1 something was found or failed, 2 the command cannot be carried out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from flows import comparing, files, moving, trying, walking
from flows.report import USAGE, Report

HERE = str(Path(__file__).parent)
NAMES = "mapping file: `queue:Sales: arn:…` per line"

type Command = Callable[[argparse.Namespace], Report]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        report = command(options)
    except (files.Unusable, OSError) as error:
        report = Report(str(error).splitlines(), {"error": str(error)}, USAGE)
    if options.json:
        print(json.dumps(report.document, ensure_ascii=False, indent=2))
    else:
        print("\n".join(report.lines), file=sys.stderr if report.code == USAGE else sys.stdout)
    return report.code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flows", description=(__doc__ or "").strip())
    commands = parser.add_subparsers(required=True, metavar="command")
    _trying(commands)
    _comparing(commands)
    _walking(commands)
    _moving(commands)
    return parser


type _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _add(commands: _Commands, name: str, command: Command, about: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about)
    parser.add_argument("--json", action="store_true", help="answer with a JSON document")
    parser.set_defaults(command=command)
    return parser


def _trying(commands: _Commands) -> None:
    for name, command, about in (
        ("test", lambda o: trying.test(o.paths, o.center), "hold the conversations"),
        (
            "coverage",
            lambda o: trying.cover(o.paths, o.center, o.minimum),
            "name the blocks and branches that no conversation takes",
        ),
    ):
        parser = _add(commands, name, command, about)
        parser.add_argument("paths", nargs="*", default=[HERE], help="flows, or directories")
        parser.add_argument("--center", help="the center to rehearse in; center.yaml beside them")
        if name == "coverage":
            parser.add_argument(
                "--minimum", type=float, default=100.0, help="percent of branches; else exit 1"
            )


def _comparing(commands: _Commands) -> None:
    parser = _add(
        commands, "diff", lambda o: comparing.diff(o.old, o.new), "what a new version changes"
    )
    parser.add_argument("old")
    parser.add_argument("new")
    parser = _add(
        commands,
        "replay",
        _replay,
        "run a version on recorded contacts and list those that end elsewhere",
    )
    parser.add_argument("flow")
    parser.add_argument(
        "records", nargs="?", help="JSON lines, each a contact as `explain` gives it"
    )
    parser.add_argument("--last", type=int, default=1_000, help="how many contacts of a center")
    _at_a_center(parser)
    parser.add_argument("--center", help="the center to rehearse in")


def _replay(options: argparse.Namespace) -> Report:
    """Contacts come from a file or from a running center."""
    if (options.records is None) == (options.endpoint_url is None):
        raise files.Unusable("contacts come from a file of records, or from --endpoint-url")
    if options.records is not None:
        records = Path(options.records)
        return comparing.replay(
            options.flow, lambda _: comparing.from_file(records), options.center
        )
    from flows.recorded import Center  # noqa: PLC0415  # boto3: no other command waits for it

    running = Center(options.endpoint_url, options.region)
    return comparing.replay(
        options.flow, lambda flow: running.contacts(flow, options.last), options.center
    )


def _at_a_center(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--endpoint-url", help="where the center is; its keys as boto3 finds them")
    parser.add_argument("--region")


def _walking(commands: _Commands) -> None:
    parser = _add(
        commands,
        "explore",
        lambda o: walking.explore(o.paths, is_listing=o.paths_listed),
        "walk every branch, and prove that every path ends or waits for a person",
    )
    parser.add_argument("paths", nargs="*", default=[HERE])
    parser.add_argument("--paths", dest="paths_listed", action="store_true", help="list the paths")
    parser = _add(
        commands,
        "lint",
        lambda o: walking.lint(o.paths, o.center),
        "what is wrong, or will be: validity, references, dead ends",
    )
    parser.add_argument("paths", nargs="*", default=[HERE])
    parser.add_argument("--center", help="the center whose queues and hours exist")


def _moving(commands: _Commands) -> None:
    for name, command, about in (
        ("import", moving.bring_in, "an export becomes a flow of ours: ARNs become names"),
        ("export", moving.send_out, "a flow of ours for another center: names become ARNs"),
    ):
        parser = _add(
            commands,
            name,
            lambda o, move=command: move(o.paths, Path(o.into), o.names),  # type: ignore[misc]
            about,
        )
        parser.add_argument("paths", nargs="+")
        parser.add_argument("--into", required=True, help="the directory to write to")
        parser.add_argument("--names", help=NAMES)
    parser = _add(
        commands, "promote", _promote, "flows of ours to a running center: names resolved"
    )
    parser.add_argument("paths", nargs="*", default=[HERE])
    parser.add_argument("--instance-id", required=True, help="of the center")
    parser.add_argument("--names", help=f"{NAMES}; other names are looked up in the center")
    parser.add_argument("--dry-run", action="store_true", help="only say what would change")
    _at_a_center(parser)


def _promote(options: argparse.Namespace) -> Report:
    from flows import promoting, target  # noqa: PLC0415  # boto3: no other command waits for it

    center = target.connect(options.endpoint_url, options.region, options.instance_id)
    return promoting.promote(options.paths, center, options.names, options.dry_run)


if __name__ == "__main__":
    sys.exit(main())

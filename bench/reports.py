"""The three daily reports of 100,000 contacts: time and memory beside plain DuckDB SQL.

`python -m bench.reports`: both sides read the same JSON lines, each in a process of its own. The
peer lets DuckDB find the types itself, groups contacts by queue and offers by agent, lists the
contacts, and writes CSV and Parquet: what somebody would type who needs the numbers once. Pairs
in turn.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from statistics import median

import msgspec

from bench.lines import Line, ratio_of, tell
from chalicelib.core.civil_day import civil_day
from chalicelib.core.record_document import document
from infra.package import ROOT

RECORDS = 100_000
PAIRS = 3
_REPORTS = ("daily-queues", "daily-agents", "daily-contacts")
_DAY, _ZONE = date(2026, 3, 8), "America/New_York"

_PLAIN = """
SET threads = 2;
SET memory_limit = '512MB';
CREATE TABLE records AS SELECT * FROM read_json_auto('{lines}', format = 'newline_delimited')
WHERE DisconnectTimestamp >= '{since}' AND DisconnectTimestamp < '{until}';
COPY (
    SELECT Trunkline.QueueId, Channel, count(*) AS contacts, count(Queue) AS queued,
        count(Agent) AS handled, sum(Queue.Duration) AS waited,
        sum(Agent.AgentInteractionDuration + Agent.AfterContactWorkDuration) AS worked,
        avg(CASE WHEN Agent IS NOT NULL THEN Queue.Duration END) AS speed_of_answer,
        avg((Agent IS NOT NULL AND Queue.Duration <= 20)::INT) AS service_level
    FROM records GROUP BY ALL ORDER BY ALL
) TO '{out}/queues.{kind}';
COPY (
    SELECT o.AgentId, Channel, count(*) AS offers, sum((o.Outcome = 'ACCEPTED')::INT) AS taken,
        sum((o.Outcome <> 'ACCEPTED')::INT) AS missed
    FROM (SELECT Channel, unnest(Trunkline.Offers) AS o FROM records) GROUP BY ALL ORDER BY ALL
) TO '{out}/agents.{kind}';
COPY (
    SELECT ContactId, Channel, InitiationMethod, InitiationTimestamp, Queue.EnqueueTimestamp,
        Agent.ConnectedToAgentTimestamp, DisconnectTimestamp, DisconnectReason,
        Queue.Name, Trunkline.AgentId, Agent.Username, Trunkline.Disposition
    FROM records ORDER BY ContactId
) TO '{out}/contacts.{kind}';
"""


def measure() -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "records.jsonl"
        _write(lines)
        ours, plain = [], []
        for _ in range(PAIRS):
            ours.append(_run("ours", lines))
            plain.append(_run("plain", lines))
    seconds = [[run[0] for run in side] for side in (ours, plain)]
    memory = [[run[1] for run in side] for side in (ours, plain)]
    what = f"daily reports of {RECORDS:,} contacts"
    return [
        Line(
            what=f"{what}, time",
            ours=f"{median(seconds[0]):.2f} s",
            peer=f"plain DuckDB SQL: {median(seconds[1]):.2f} s",
            ratio=ratio_of(*seconds),
        ),
        Line(
            what=f"{what}, peak memory",
            ours=f"{median(memory[0]):.0f} MiB",
            peer=f"plain DuckDB SQL: {median(memory[1]):.0f} MiB",
            ratio=ratio_of(*memory),
        ),
    ]


def _write(lines: Path) -> None:
    from tests.core.records import random_records

    with lines.open("wb") as file:
        for record in random_records(Random(7), RECORDS):
            file.write(msgspec.json.encode(document(record)) + b"\n")


def _run(side: str, lines: Path) -> tuple[float, float]:
    """Seconds and MiB of a process that does one side."""
    began = time.monotonic()
    command = [sys.executable, "-m", "bench.reports", side, str(lines)]
    process = subprocess.Popen(command, cwd=ROOT)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed")
    return time.monotonic() - began, used.ru_maxrss / 1024


def _ours(lines: Path) -> None:
    """As the report function does it: CSV and Parquet of every table."""
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.adapters.warehouse import DuckDbWarehouse
    from chalicelib.core.report import Format

    def records() -> Iterator[bytes]:
        with lines.open("rb") as file:
            yield from file

    wanted = [
        replace(definitions()[name], formats=(Format.CSV, Format.PARQUET)) for name in _REPORTS
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        DuckDbWarehouse(scratch=folder).tables(wanted, civil_day(_DAY, _ZONE), records()) as made,
    ):
        if not all(table.count for table in made):
            sys.exit("a report is empty")


def _plain(lines: Path) -> None:
    import duckdb

    period = civil_day(_DAY, _ZONE)
    since, until = (at.strftime("%Y-%m-%dT%H:%M:%SZ") for at in (period.from_at, period.to_at))
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        for kind in ("csv", "parquet"):
            said = _PLAIN.format(lines=lines, since=since, until=until, out=folder, kind=kind)
            script = said if kind == "csv" else said[said.index("COPY") :]
            connection.execute(script)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", lines]:
            _ours(Path(lines))
        case ["plain", lines]:
            _plain(Path(lines))
        case _:
            tell(measure())

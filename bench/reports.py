"""A month's reports of 1,000,000 contacts: time and memory beside SQL typed by hand.

`python -m bench.reports`: both sides read the same packed days, each in a process of its own, and
write CSV and Parquet. The peer's SQL groups contacts by queue and offers by agent over these
files, as somebody would who needs the numbers once: it knows of no revisions, no late records, no
rounding. Pairs in turn.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import BinaryIO

import duckdb

from bench.lines import Line, ratio_of, tell
from chalicelib.core.civil_day import Grain, Period, civil_day, period
from infra.package import ROOT

DAYS = 30
RECORDS_A_DAY = 33_334
PAIRS = 3
_REPORTS = ("monthly-queues", "monthly-agents")
_FIRST, _ZONE = date(2026, 4, 1), "UTC"

_PLAIN = """
SET threads = 2;
SET memory_limit = '256MB';
SET temp_directory = '{out}/tmp';
CREATE VIEW contacts AS SELECT * FROM '{packs}'
WHERE disconnected_at >= '{since}' AND disconnected_at < '{until}';
CREATE TABLE queues AS
    SELECT queue_id, channel, max(queue_name) AS queue_name, count(*) AS contacts,
        sum(is_queued::INT) AS queued, sum(is_handled::INT) AS handled,
        sum(is_abandoned::INT) AS abandoned, sum(len(offers) - accepted) AS missed,
        sum(waited) FILTER (is_handled) AS waited, sum(handled_seconds) AS worked,
        avg(waited) FILTER (is_handled) AS speed_of_answer,
        avg((is_handled AND waited <= 20)::INT) FILTER (is_queued) AS service_level
    FROM contacts GROUP BY ALL;
CREATE TABLE agents AS
    SELECT o.AgentId AS agent_id, channel, max(o.Username) AS username, count(*) AS offers,
        sum((o.Outcome = 'ACCEPTED')::INT) AS taken, sum((o.Outcome = 'MISSED')::INT) AS missed,
        sum((o.Outcome = 'REJECTED')::INT) AS rejected,
        sum(handled_seconds) FILTER (o.Outcome = 'ACCEPTED') AS worked
    FROM (SELECT channel, handled_seconds, unnest(offers) AS o FROM contacts) GROUP BY ALL;
COPY (FROM queues ORDER BY ALL) TO '{out}/queues.csv';
COPY (FROM queues ORDER BY ALL) TO '{out}/queues.parquet';
COPY (FROM agents ORDER BY ALL) TO '{out}/agents.csv';
COPY (FROM agents ORDER BY ALL) TO '{out}/agents.parquet';
"""

_ANOTHER_DAY = """
COPY (
    SELECT * REPLACE (
        contact_id || '-{n}' AS contact_id,
        strftime(CAST(disconnected_at AS TIMESTAMP) + INTERVAL {n} DAY, '%Y-%m-%dT%H:%M:%SZ')
            AS disconnected_at
    ) FROM '{first}'
) TO '{another}' (FORMAT parquet, COMPRESSION zstd)
"""


class FolderLake:
    """A RecordLake of packed days on a disk. What it lists is what the packs were made of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, utc_day: date) -> Path:
        return self._folder / f"{utc_day}.parquet"

    def store(self, record: object) -> bool:
        raise NotImplementedError("nothing is recorded while it is measured")

    def listing(self, utc_day: date) -> Mapping[str, str]:
        if not self.path(utc_day).exists():
            return {}
        return dict(duckdb.sql(f"SELECT contact_id, etag FROM '{self.path(utc_day)}'").fetchall())

    def records(self, utc_day: date, contact_ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        raise NotImplementedError("every day is packed")

    def pack(self, utc_day: date) -> BinaryIO | None:
        with suppress(FileNotFoundError):
            return self.path(utc_day).open("rb")
        return None

    def keep_pack(self, utc_day: date, file: BinaryIO) -> None:
        with self.path(utc_day).open("wb") as kept:
            shutil.copyfileobj(file, kept)


def measure() -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        count = _pack_month(Path(folder))
        ours, plain = [], []
        for _ in range(PAIRS):
            ours.append(_run("ours", folder))
            plain.append(_run("plain", folder))
    seconds = [[run[0] for run in side] for side in (ours, plain)]
    memory = [[run[1] for run in side] for side in (ours, plain)]
    what = f"a month's reports of {count:,} contacts"
    return [
        Line(
            what=f"{what}, time",
            ours=f"{median(seconds[0]):.2f} s",
            peer=f"DuckDB SQL by hand: {median(seconds[1]):.2f} s",
            ratio=ratio_of(*seconds),
        ),
        Line(
            what=f"{what}, peak memory",
            ours=f"{median(memory[0]):.0f} MiB",
            peer=f"DuckDB SQL by hand: {median(memory[1]):.0f} MiB",
            ratio=ratio_of(*memory),
        ),
    ]


def _pack_month(folder: Path) -> int:
    """The first day by the warehouse from records; the others are that day again, later. How many
    contacts that makes."""
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.adapters.ledger import S3Ledger
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.adapters.warehouse import DuckDbWarehouse
    from tests.core.records import random_records
    from tests.fakes import InMemoryObjectStore

    lake, packs = S3RecordLake(InMemoryObjectStore()), FolderLake(folder)
    ledger = S3Ledger(InMemoryObjectStore())
    earlier = timedelta(days=24)  # on 8 March, around whose noon half of the random ones end
    for record in random_records(Random(7), 2 * RECORDS_A_DAY):
        lake.store(record)
    with DuckDbWarehouse(lake, ledger, scratch=str(folder)).tables(
        [definitions()["interval-queues"]], civil_day(_FIRST - earlier, _ZONE)
    ):
        pass
    first = lake.pack(_FIRST - earlier)
    assert first is not None
    with first:
        packs.keep_pack(_FIRST - earlier, first)
    for n in range(DAYS):
        another = packs.path(_FIRST + timedelta(days=n))
        values = {"n": n + earlier.days, "first": packs.path(_FIRST - earlier), "another": another}
        duckdb.sql(_ANOTHER_DAY.format(**values))
    packs.path(_FIRST - earlier).unlink()
    (count,) = duckdb.sql(f"SELECT count(*) FROM '{folder}/*.parquet'").fetchall()
    return int(count[0])


def _run(side: str, folder: str) -> tuple[float, float]:
    """Seconds and MiB of a process that does one side."""
    began = time.monotonic()
    command = [sys.executable, "-m", "bench.reports", side, folder]
    process = subprocess.Popen(command, cwd=ROOT)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed")
    return time.monotonic() - began, used.ru_maxrss / 1024


def _month() -> Period:
    return period(Grain.MONTH, _FIRST, _ZONE)


def _ours(folder: Path) -> None:
    """As the report function does it."""
    from chalicelib.adapters.ledger import S3Ledger
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.adapters.spreadsheet import write
    from chalicelib.adapters.warehouse import DuckDbWarehouse
    from chalicelib.core.report import Format
    from tests.fakes import InMemoryObjectStore

    wanted = [definitions()[name] for name in _REPORTS]
    with tempfile.TemporaryDirectory() as scratch:
        warehouse = DuckDbWarehouse(
            FolderLake(folder),
            S3Ledger(InMemoryObjectStore()),
            scratch=scratch,
            writers={Format.XLSX: write},
        )
        with warehouse.tables(wanted, _month()) as made:
            if not all(table.count for table in made):
                sys.exit("a report is empty")


def _plain(folder: Path) -> None:
    since, until = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (_month().from_at, _month().to_at))
    with tempfile.TemporaryDirectory() as out, duckdb.connect() as connection:
        packs = f"{folder}/*.parquet"
        connection.execute(_PLAIN.format(packs=packs, since=since, until=until, out=out))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", folder]:
            _ours(Path(folder))
        case ["plain", folder]:
            _plain(Path(folder))
        case _:
            tell(measure())

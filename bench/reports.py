"""Reports of 1,000,000 contacts beside SQL and data frames typed by hand, and of 10,000,000.

`python -m bench.reports`: all sides read the same packed days, each in a process of its own, and
write CSV and Parquet. A month's reports stand beside SQL that groups contacts by queue and offers
by agent over these files, as somebody would who needs the numbers once: it knows of no revisions,
no late records, no rounding. A month of daily reports stands beside pandas and polars
(`bench.data_frames`). Pairs in turn. A year's report of ten times as many contacts says how memory
grows; it counts in the function what in a center of this size Athena would.
"""

from __future__ import annotations

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
import msgspec

from bench.data_frames import CONTENDERS
from bench.lines import Line, peak_mib, ratio_of, tell
from chalicelib.core.civil_day import Grain, Period, civil_day, period
from infra.package import ROOT

DAYS, MANY_DAYS = 30, 300
RECORDS_A_DAY = 33_334
PAIRS = 3
MEMORY_MIB = 512  # what a report may take, however many contacts
_MONTHLY = ("monthly-queues", "monthly-agents")
_DAILY = ("daily-queues", "daily-agents")
_ANNUAL = ("annual-agents",)
_FIRST, _ZONE = date(2026, 1, 1), "UTC"

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
        strftime(
            CAST(disconnected_at AS TIMESTAMP) + {later} * INTERVAL 1 DAY, '%Y-%m-%dT%H:%M:%SZ'
        ) AS disconnected_at
    ) FROM read_parquet('{first}')
) TO '{another}' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{listing: '{digest}'}})
"""


class FolderLake:
    """A RecordLake of packed days on a disk. What it lists is what the packs were made of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, utc_day: date) -> Path:
        return self._folder / f"{utc_day}.parquet"

    def listing(self, utc_day: date) -> Mapping[str, str]:
        """From a file beside the pack: how long S3 takes to list is not what is measured."""
        with suppress(FileNotFoundError):
            listed = self.listed(utc_day).read_bytes()
            return msgspec.json.decode(listed, type=dict[str, str])
        return {}

    def listed(self, utc_day: date) -> Path:
        return self._folder / ".listings" / f"{utc_day}.json"

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
        count = _pack_days(Path(folder), DAYS)
        lines = [
            *_beside("plain", "month", folder, f"a month's reports of {count:,} contacts"),
            *_beside("pandas", "days", folder, f"{DAYS} daily reports of {count:,} contacts"),
            *_beside("polars", "days", folder, f"{DAYS} daily reports of {count:,} contacts"),
        ]
        _, some = _run("year", folder)
    with tempfile.TemporaryDirectory() as folder:
        many = _pack_days(Path(folder), MANY_DAYS)
        seconds, most = _run("year", folder)
    growth = Line(
        what=f"a year's report of {many:,} contacts, peak memory",
        ours=f"{most:.0f} MiB, in {seconds:.0f} s",
        peer=f"of {count:,} contacts: {some:.0f} MiB",
        ratio=most / some,
        aim=f"< {MEMORY_MIB} MiB",
    )
    return [*lines, growth]


_PEERS = {"plain": "DuckDB SQL by hand", "pandas": "pandas", "polars": "polars"}


def _beside(peer: str, ours: str, folder: str, what: str) -> list[Line]:
    """Time and memory of our side and of a peer, in pairs."""
    pairs = [(_run(ours, folder), _run(peer, folder)) for _ in range(PAIRS)]
    lines = []
    for n, (measured, unit) in enumerate((("time", "s"), ("peak memory", "MiB"))):
        mine, theirs = ([pair[side][n] for pair in pairs] for side in (0, 1))
        lines.append(
            Line(
                what=f"{what}, {measured}",
                ours=f"{_few(median(mine))} {unit}",
                peer=f"{_PEERS[peer]}: {_few(median(theirs))} {unit}",
                ratio=ratio_of(mine, theirs),
                aim="≤ 1.3" if peer == "plain" else "",
            )
        )
    return lines


def _few(number: float) -> str:
    return f"{number:.2f}" if number < 100 else f"{number:.0f}"


def _pack_days(folder: Path, days: int) -> int:
    """The first day by the warehouse from records; the others are that day again, later. How many
    contacts that makes."""
    from chalicelib.adapters.lake import S3RecordLake
    from chalicelib.adapters.ledger import S3Ledger
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.adapters.warehouse import DuckDbWarehouse
    from chalicelib.adapters.warehouse.packing import digest_of
    from tests.core.records import random_records
    from tests.fakes.objects import InMemoryObjectStore

    lake, packs = S3RecordLake(InMemoryObjectStore()), FolderLake(folder)
    ledger = S3Ledger(InMemoryObjectStore())
    made_on = date(2026, 3, 8)  # around its noon half of the random ones end
    for record in random_records(Random(7), 2 * RECORDS_A_DAY):
        lake.store(record)
    with DuckDbWarehouse(lake, ledger, scratch=str(folder)).tables(
        [definitions()["interval-queues"]], civil_day(made_on, _ZONE)
    ):
        pass
    first = lake.pack(made_on)
    assert first is not None
    pattern = folder / "pattern"
    with first, pattern.open("wb") as kept:
        shutil.copyfileobj(first, kept)
    packs.listed(_FIRST).parent.mkdir()
    listed = duckdb.sql(f"SELECT contact_id, etag FROM read_parquet('{pattern}')").fetchall()
    for n in range(days):
        day = _FIRST + timedelta(days=n)
        listing = {f"{contact_id}-{n}": etag for contact_id, etag in listed}
        packs.listed(day).write_bytes(msgspec.json.encode(listing))
        duckdb.sql(
            _ANOTHER_DAY.format(
                n=n,
                later=(day - made_on).days,
                first=pattern,
                another=packs.path(day),
                digest=digest_of(listing),
            )
        )
    pattern.unlink()
    (count,) = duckdb.sql(f"SELECT count(*) FROM '{folder}/*.parquet'").fetchall()
    return int(count[0])


def _run(side: str, folder: str) -> tuple[float, float]:
    """Seconds of a process that does one side, and the MiB that it says it took."""
    module = "bench.data_frames" if side in CONTENDERS else "bench.reports"
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", module, side, folder, out]
        began = time.monotonic()
        ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        seconds = time.monotonic() - began
    if ran.returncode:
        sys.exit(f"{' '.join(command)} failed")
    return seconds, float(ran.stdout)


def _days() -> list[Period]:
    return [civil_day(_FIRST + timedelta(days=n), _ZONE) for n in range(DAYS)]


def _periods(side: str) -> tuple[Sequence[str], Sequence[Period]]:
    """Which reports a side of ours builds, and of which periods."""
    match side:
        case "month":
            return _MONTHLY, [period(Grain.MONTH, _FIRST, _ZONE)]
        case "days":
            return _DAILY, _days()
        case _:
            return _ANNUAL, [period(Grain.YEAR, _FIRST, _ZONE)]


def _ours(side: str, folder: Path, scratch: str) -> None:
    """As the report function does it."""
    from chalicelib.adapters.ledger import S3Ledger
    from chalicelib.adapters.report_definitions import definitions
    from chalicelib.adapters.spreadsheet import write
    from chalicelib.adapters.warehouse import DuckDbWarehouse
    from chalicelib.core.report import Format
    from tests.fakes.objects import InMemoryObjectStore

    names, periods = _periods(side)
    known = definitions()
    wanted = [known[name] for name in names]
    warehouse = DuckDbWarehouse(
        FolderLake(folder),
        S3Ledger(InMemoryObjectStore()),
        scratch=scratch,
        writers={Format.XLSX: write},
    )
    for of in periods:
        with warehouse.tables(wanted, of) as made:
            if not all(table.count for table in made):
                sys.exit(f"a report of {of.name} is empty")


def _plain(folder: Path, out: str) -> None:
    month = period(Grain.MONTH, _FIRST, _ZONE)
    since, until = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (month.from_at, month.to_at))
    with duckdb.connect() as connection:
        packs = f"{folder}/*.parquet"
        connection.execute(_PLAIN.format(packs=packs, since=since, until=until, out=out))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["plain", folder, out]:
            _plain(Path(folder), out)
            print(peak_mib())
        case [side, folder, out]:
            _ours(side, Path(folder), out)
            print(peak_mib())
        case _:
            tell(measure())

"""The contact records of a UTC day as one Parquet file, kept beside them in the lake.

A report of a year would otherwise read each of its contacts' objects again. A pack remembers of
which version of each record it was made; what has changed since then, and nothing else, is read
anew. So a pack can be old, or gone, and no report is wrong.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.services.report_ports import RecordLake

_DAYS_AT_ONCE = 8
_LEVELS = range(1, 6)  # of the hierarchy

# What is read of a record, as it is written (core.record_document); the rest is ignored.
_RECORD = {
    "ContactId": "VARCHAR",
    "Channel": "VARCHAR",
    "InitiationMethod": "VARCHAR",
    "InitiationTimestamp": "VARCHAR",
    "DisconnectTimestamp": "VARCHAR",
    "DisconnectReason": "VARCHAR",
    "NextContactId": "VARCHAR",
    "InitialContactId": "VARCHAR",
    "CustomerId": "VARCHAR",
    "Attributes": "STRUCT(subject VARCHAR)",
    "TransferCompletedTimestamp": "VARCHAR",
    "Queue": "STRUCT(Name VARCHAR, EnqueueTimestamp VARCHAR, Duration BIGINT)",
    "Agent": "STRUCT(Username VARCHAR, ConnectedToAgentTimestamp VARCHAR,"
    " AgentInteractionDuration BIGINT, CustomerHoldDuration BIGINT,"
    " AfterContactWorkDuration BIGINT, AfterContactWorkStartTimestamp VARCHAR,"
    " AfterContactWorkEndTimestamp VARCHAR, NumberOfHolds BIGINT,"
    " RoutingProfile STRUCT(ARN VARCHAR),"
    f" HierarchyGroups STRUCT({', '.join(f'Level{n} STRUCT(ARN VARCHAR)' for n in _LEVELS)}))",
    "Trunkline": "STRUCT(AgentId VARCHAR, QueueId VARCHAR, Disposition VARCHAR,"
    " TicketId VARCHAR, PreDisconnectState VARCHAR, Direction VARCHAR, Subject VARCHAR,"
    " Offers STRUCT(AgentId VARCHAR, Username VARCHAR, Outcome VARCHAR)[])",
}

# Moments stay text here: whole seconds of UTC, written alike, sort as they follow each other.
_FRESH = """
SELECT
    ETag AS etag,
    ContactId AS contact_id,
    Channel AS channel,
    InitiationMethod AS initiation_method,
    InitiationTimestamp AS initiated_at,
    DisconnectTimestamp AS disconnected_at,
    DisconnectReason AS disconnect_reason,
    Queue.EnqueueTimestamp AS enqueued_at,
    Queue.Name AS queue_name,
    Trunkline.QueueId AS queue_id,
    coalesce(Trunkline.Direction, CASE
        WHEN InitiationMethod = 'CALLBACK' THEN 'CALLBACK'
        WHEN InitiationMethod IN ('OUTBOUND', 'EXTERNAL_OUTBOUND', 'AGENT_REPLY') THEN 'OUTBOUND'
        ELSE 'INBOUND'
    END) AS direction,
    coalesce(Queue.Duration, 0) AS waited,
    Agent.ConnectedToAgentTimestamp AS connected_at,
    Agent.Username AS username,
    Trunkline.AgentId AS agent_id,
    Trunkline.Disposition AS disposition,
    Trunkline.TicketId AS ticket_id,
    Queue IS NOT NULL AS is_queued,
    Agent IS NOT NULL AS is_handled,
    Queue IS NOT NULL AND Agent IS NULL AND NextContactId IS NULL AND NOT (
        coalesce(Trunkline.PreDisconnectState, '') = 'IN_QUEUE'
        AND TransferCompletedTimestamp IS NOT NULL
    ) AS is_abandoned,
    coalesce(InitialContactId, ContactId) AS chain,
    CustomerId AS customer_id,
    coalesce(
        Trunkline.Subject, nullif(lower(trim(Attributes.subject)), ''), lower(Queue.Name), ''
    ) AS subject,
    Agent.AfterContactWorkStartTimestamp AS wrap_up_started_at,
    Agent.AfterContactWorkEndTimestamp AS wrap_up_ended_at,
    coalesce(Agent.AgentInteractionDuration, 0) AS interaction_seconds,
    coalesce(Agent.AfterContactWorkDuration, 0) AS wrap_up_seconds,
    coalesce(Agent.AgentInteractionDuration, 0) + coalesce(Agent.CustomerHoldDuration, 0)
        + coalesce(Agent.AfterContactWorkDuration, 0) AS handled_seconds,
    coalesce(Agent.CustomerHoldDuration, 0) AS hold_seconds,
    coalesce(Agent.NumberOfHolds, 0) AS holds,
    TransferCompletedTimestamp IS NOT NULL AS is_transferred,
    coalesce(Trunkline.PreDisconnectState, '') AS was_in,
    regexp_extract(Agent.RoutingProfile.ARN, '[^/]+$') AS profile_id,
    [{levels}] AS hierarchy,
    coalesce(Trunkline.Offers, []) AS offers,
    len(list_filter(coalesce(Trunkline.Offers, []), lambda o: o.Outcome = 'ACCEPTED')) AS accepted,
    list_max(list_filter(
        range(1, len(coalesce(Trunkline.Offers, [])) + 1),
        lambda n: Trunkline.Offers[n].Outcome = 'ACCEPTED'
            AND Trunkline.Offers[n].AgentId = Trunkline.AgentId
    )) AS taken
FROM (
    SELECT ETag, unnest(Record) FROM read_json(
        '{lines}', format = 'newline_delimited', maximum_object_size = 16777216,
        columns = {{ETag: 'VARCHAR', Record: 'STRUCT({fields})'}}
    )
)
"""

# The ids of the groups in which the agent was then, highest first.
_HIERARCHY = ", ".join(
    f"regexp_extract(Agent.HierarchyGroups.Level{n}.ARN, '[^/]+$')" for n in _LEVELS
)


def packed_days(
    lake: RecordLake, connection: Any, directory: Path, days: Iterable[date]
) -> Iterator[Path]:
    """The packs of these days as they are now, in the directory; at least one, though empty."""
    count = 0
    for day, listing, old in _ahead(partial(_found, lake, directory), days):
        if listing:
            count += 1
            yield _up_to_date(lake, connection, directory, day, listing, old)
    if not count:
        yield empty_pack(connection, directory)


def bring_up_to_date(
    lake: RecordLake, connection: Any, directory: Path, days: Iterable[date]
) -> None:
    """Whoever reads the packs in the lake finds what the records of these days say now. Of any
    number of days few packs are on the disk at once, and none afterwards."""
    # Of a day whose records were all erased a pack is left that must be emptied.
    for day, listing, old in _ahead(partial(_found, lake, directory, even_unlisted=True), days):
        if listing or old:
            _up_to_date(lake, connection, directory, day, listing, old).unlink()


def empty_pack(connection: Any, directory: Path) -> Path:
    """The columns of a pack, and no rows."""
    return _pack(connection, directory / "nothing.parquet", {}, (), None)


def _ahead[T](look: Callable[[date], T], days: Iterable[date]) -> Iterator[T]:
    """Some days at once, and no more: what a busy day lists takes ten megabytes."""
    with ThreadPoolExecutor(_DAYS_AT_ONCE) as readers:
        for some in batched(days, _DAYS_AT_ONCE):
            yield from readers.map(look, some)


def _found(
    lake: RecordLake, directory: Path, day: date, *, even_unlisted: bool = False
) -> tuple[date, Mapping[str, str], Path | None]:
    """The day, what it lists, and its pack as it was left; of a day that lists nothing only when
    that matters."""
    listing = lake.listing(day)
    wanted = listing or even_unlisted
    return day, listing, _fetched(lake, day, directory) if wanted else None


def _fetched(lake: RecordLake, day: date, directory: Path) -> Path | None:
    pack = lake.pack(day)
    if pack is None:
        return None
    path = directory / f"{day}.old.parquet"
    with pack, path.open("wb") as file:
        shutil.copyfileobj(pack, file)
    return path


def _up_to_date(
    lake: RecordLake,
    connection: Any,
    directory: Path,
    day: date,
    listing: Mapping[str, str],
    old: Path | None,
) -> Path:
    """The pack as the listing wants it: the old one, or a new one, which the lake then keeps."""
    known = {}
    if old is not None:
        if _is_of(connection, old, listing):
            return old
        known = dict(connection.execute(f"SELECT contact_id, etag FROM '{old}'").fetchall())
        if known == listing:
            return old
    changed = [each for each, etag in listing.items() if known.get(each) != etag]
    fresh = lake.records(day, changed)
    made = _pack(connection, directory / f"{day}.parquet", listing, fresh, old)
    with made.open("rb") as file:
        lake.keep_pack(day, file)
    return made


def _is_of(connection: Any, pack: Path, listing: Mapping[str, str]) -> bool:
    """Whether the pack says that it was made of this listing, and has all of it; a look at its end
    says so, where its rows would take ten times as long."""
    made_of = f"SELECT value FROM parquet_kv_metadata('{pack}') WHERE key = 'listing'"
    rows = f"SELECT num_rows FROM parquet_file_metadata('{pack}')"
    told = connection.execute(f"SELECT ({made_of}), ({rows})").fetchone()
    return bool(told == (digest_of(listing).encode(), len(listing)))


def digest_of(listing: Mapping[str, str]) -> str:
    return hashlib.sha256(msgspec.json.encode(sorted(listing.items()))).hexdigest()


def _pack(
    connection: Any,
    path: Path,
    listing: Mapping[str, str],
    fresh: Iterable[tuple[str, bytes]],
    old: Path | None,
) -> Path:
    """What the old pack has in the version that is listed, and the fresh records."""
    lines, listed = path.with_suffix(".jsonl"), path.with_suffix(".listed.jsonl")
    with lines.open("wb") as file:
        for contact_id, record in fresh:
            etag = msgspec.json.encode(listing[contact_id])
            file.write(b'{"ETag":%b,"Record":%b}\n' % (etag, record.strip()))
    fields = ", ".join(f"{name} {type_}" for name, type_ in _RECORD.items())
    select = _FRESH.format(lines=lines, fields=fields, levels=_HIERARCHY)
    if old is not None:
        with listed.open("wb") as file:
            for contact_id, tag in listing.items():
                line = msgspec.json.encode({"contact_id": contact_id, "etag": tag})
                file.write(line + b"\n")
        select = (
            f"SELECT * FROM '{old}' SEMI JOIN (SELECT * FROM read_json('{listed}',"
            " format = 'newline_delimited', columns = {contact_id: 'VARCHAR', etag: 'VARCHAR'}))"
            f" USING (contact_id, etag) UNION ALL {select}"
        )
    connection.execute(
        f"COPY ({select}) TO '{path}' (FORMAT parquet, COMPRESSION zstd,"
        f" KV_METADATA {{listing: '{digest_of(listing)}'}})"
    )
    for file_ in (lines, listed, old):
        if file_ is not None:
            file_.unlink(missing_ok=True)
    return path

"""What somebody with a data frame would write: the daily numbers per queue and per agent.

`python -m bench.data_frames pandas|polars <folder of packed days> <folder for the files>` reads
every pack and writes queues and agents by day, as CSV and Parquet, with the counts of
`daily-queues` and `daily-agents`: as the manual of each library shows it, polars lazily and
streaming. It knows of no zones, no revisions, no late records.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.lines import peak_mib

ANSWER_SECONDS = 20


def with_pandas(packs: Path, out: Path) -> None:
    import pandas as pd

    contacts = pd.read_parquet(packs)
    contacts["day"] = contacts["disconnected_at"].str[:10]
    answered = contacts["is_queued"] & contacts["is_handled"]
    contacts["missed"] = contacts["offers"].str.len() - contacts["accepted"]
    contacts["answered"] = answered
    contacts["in_time"] = answered & (contacts["waited"] <= ANSWER_SECONDS)
    contacts["answer_seconds"] = contacts["waited"].where(answered, 0)
    queues = contacts.groupby(["day", "queue_id", "channel"], dropna=False).agg(
        queue_name=("queue_name", "max"),
        contacts=("contact_id", "size"),
        offered=("is_queued", "sum"),
        handled=("is_handled", "sum"),
        abandoned=("is_abandoned", "sum"),
        missed=("missed", "sum"),
        answered=("answered", "sum"),
        answered_in_time=("in_time", "sum"),
        answer_seconds=("answer_seconds", "sum"),
        handle_seconds=("handled_seconds", "sum"),
    )
    queues["average_speed_of_answer"] = queues["answer_seconds"] / queues["answered"]
    queues["service_level"] = 100 * queues["answered_in_time"] / queues["offered"]
    _keep_pandas(queues.reset_index(), out / "queues")
    _keep_pandas(_agents_of_pandas(pd, contacts), out / "agents")


def _agents_of_pandas(pd: Any, contacts: Any) -> Any:
    some = ["day", "channel", "agent_id", "username", "taken", "is_handled", "handled_seconds"]
    offered = contacts[[*some, "offers"]].explode("offers", ignore_index=False)
    offered = offered.dropna(subset=["offers"])
    number = offered.groupby(level=0).cumcount() + 1
    offers = pd.DataFrame(offered["offers"].tolist(), index=offered.index)
    legs = pd.DataFrame(
        {
            "day": offered["day"],
            "channel": offered["channel"],
            "agent_id": offers["AgentId"],
            "username": offers["Username"],
            "outcome": offers["Outcome"],
            "is_offer": True,
            "is_handled": number == offered["taken"],
            "handled_seconds": offered["handled_seconds"],
        }
    )
    own = contacts[contacts["is_handled"] & contacts["taken"].isna()]
    own = own.assign(outcome="ACCEPTED", is_offer=False)
    legs = pd.concat([legs, own[legs.columns]])
    legs["handled_seconds"] = legs["handled_seconds"].where(legs["is_handled"], 0)
    for outcome in ("MISSED", "REJECTED", "WITHDRAWN"):
        legs[outcome.lower()] = legs["outcome"] == outcome
    return (
        legs.groupby(["day", "agent_id", "channel"], dropna=False)
        .agg(
            username=("username", "max"),
            offered=("is_offer", "sum"),
            handled=("is_handled", "sum"),
            timed_out=("missed", "sum"),
            rejected=("rejected", "sum"),
            withdrawn=("withdrawn", "sum"),
            handle_seconds=("handled_seconds", "sum"),
        )
        .reset_index()
    )


def _keep_pandas(frame: Any, path: Path) -> None:
    frame.to_csv(path.with_suffix(".csv"), index=False)
    frame.to_parquet(path.with_suffix(".parquet"), index=False)


def with_polars(packs: Path, out: Path) -> None:
    import polars as pl

    contacts = pl.scan_parquet(str(packs / "*.parquet")).with_columns(
        pl.col("disconnected_at").str.slice(0, 10).alias("day"),
        (pl.col("is_queued") & pl.col("is_handled")).alias("answered"),
    )
    answered, waited = pl.col("answered"), pl.col("waited")
    in_time = answered & (waited <= ANSWER_SECONDS)
    queues = (
        contacts.group_by("day", "queue_id", "channel")
        .agg(
            pl.col("queue_name").max(),
            pl.len().alias("contacts"),
            pl.col("is_queued").sum().alias("offered"),
            pl.col("is_handled").sum().alias("handled"),
            pl.col("is_abandoned").sum().alias("abandoned"),
            (pl.col("offers").list.len().cast(pl.Int64) - pl.col("accepted")).sum().alias("missed"),
            answered.sum(),
            in_time.sum().alias("answered_in_time"),
            waited.filter(answered).sum().alias("answer_seconds"),
            pl.col("handled_seconds").sum().alias("handle_seconds"),
        )
        .with_columns(
            (pl.col("answer_seconds") / pl.col("answered")).alias("average_speed_of_answer"),
            (100 * pl.col("answered_in_time") / pl.col("offered")).alias("service_level"),
        )
    )
    _keep_polars(queues, ["day", "queue_id", "channel"], out / "queues")
    _keep_polars(_agents_of_polars(pl, contacts), ["day", "agent_id", "channel"], out / "agents")


def _agents_of_polars(pl: Any, contacts: Any) -> Any:
    offered = (
        contacts.filter(pl.col("offers").list.len() > 0)
        .with_columns(pl.int_ranges(1, pl.col("offers").list.len() + 1).alias("n"))
        .explode("offers", "n")
    )
    offer = pl.col("offers").struct
    of_offers = offered.select(
        "day",
        "channel",
        offer.field("AgentId").alias("agent_id"),
        offer.field("Username").alias("username"),
        offer.field("Outcome").alias("outcome"),
        pl.lit(True).alias("is_offer"),
        (pl.col("n") == pl.col("taken")).fill_null(False).alias("is_handled"),
        "handled_seconds",
    )
    own = contacts.filter(pl.col("is_handled") & pl.col("taken").is_null()).select(
        *("day", "channel", "agent_id", "username"),
        pl.lit("ACCEPTED").alias("outcome"),
        pl.lit(False).alias("is_offer"),
        "is_handled",
        "handled_seconds",
    )
    outcome = pl.col("outcome")
    return (
        pl.concat([of_offers, own])
        .group_by("day", "agent_id", "channel")
        .agg(
            pl.col("username").max(),
            pl.col("is_offer").sum().alias("offered"),
            pl.col("is_handled").sum().alias("handled"),
            (outcome == "MISSED").sum().alias("timed_out"),
            (outcome == "REJECTED").sum().alias("rejected"),
            (outcome == "WITHDRAWN").sum().alias("withdrawn"),
            pl.col("handled_seconds").filter(pl.col("is_handled")).sum().alias("handle_seconds"),
        )
    )


def _keep_polars(frame: Any, keys: list[str], path: Path) -> None:
    rows = frame.sort(keys).collect(engine="streaming")
    rows.write_csv(path.with_suffix(".csv"))
    rows.write_parquet(path.with_suffix(".parquet"))


CONTENDERS: Mapping[str, Callable[[Path, Path], None]] = {
    "pandas": with_pandas,
    "polars": with_polars,
}

if __name__ == "__main__":
    _, library, packs, out = sys.argv
    CONTENDERS[library](Path(packs), Path(out))
    print(peak_mib())

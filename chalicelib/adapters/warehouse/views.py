"""The datasets that are made of contact records, as SQL over the packed records.

A test holds each against the pure rows of its dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.core.civil_day import Period
from chalicelib.core.record_document import stamp
from chalicelib.core.report import Dataset

PACKED = "packed"  # the records of the period, and of as many days around it as were asked for


@dataclass(frozen=True, slots=True)
class View:
    """`select`: its rows, over PACKED. `measures`: SQL of a whole number per row, in which
    {answer} and {short} are the thresholds. `at`: the moment by which a row lies in an interval."""

    select: Callable[[Period], str]
    measures: Mapping[str, str]
    at: str = "disconnected_at"


def ended(period: Period) -> str:
    """The condition of core.datasets.contacts.ended."""
    since, until = stamp(period.from_at), stamp(period.to_at)
    return f"disconnected_at >= '{since}' AND disconnected_at < '{until}'"


def _contacts(period: Period) -> str:
    return f"SELECT * FROM {PACKED} WHERE {ended(period)}"


def _legs(period: Period) -> str:
    return f"""
WITH these AS ({_contacts(period)}), offered AS (
    SELECT *, unnest(range(1, len(offers) + 1)) AS n FROM these
)
SELECT
    offers[n].AgentId AS agent_id, channel, offers[n].Outcome AS outcome,
    TRUE AS is_offer, n IS NOT DISTINCT FROM taken AS is_handled,
    coalesce(
        nullif(offers[n].Username, ''), CASE WHEN n IS NOT DISTINCT FROM taken THEN username END
    ) AS username,
    disconnected_at, interaction_seconds, wrap_up_seconds, handled_seconds
FROM offered
UNION ALL
SELECT
    agent_id, channel, 'ACCEPTED', FALSE, TRUE, username,
    disconnected_at, interaction_seconds, wrap_up_seconds, handled_seconds
FROM these WHERE is_handled AND taken IS NULL
"""


def _agent_time(period: Period) -> str:
    """Cut at quarters of an hour of UTC, as clocks of every zone are since 1972."""
    since, until = (f"{at.timestamp():.0f}" for at in (period.from_at, period.to_at))
    return f"""
WITH work AS (
    SELECT
        agent_id, coalesce(username, '') AS username, channel,
        {_epoch("connected_at")} AS since,
        {_epoch("greatest(coalesce(wrap_up_started_at, disconnected_at), connected_at)")} AS until,
        TRUE AS is_contact
    FROM {PACKED} WHERE is_handled
    UNION ALL
    SELECT
        agent_id, coalesce(username, ''), channel,
        {_epoch("wrap_up_started_at")}, {_epoch("wrap_up_ended_at")}, FALSE
    FROM {PACKED} WHERE wrap_up_started_at IS NOT NULL AND wrap_up_ended_at IS NOT NULL
), within AS (
    SELECT * REPLACE (greatest(since, {since}) AS since, least(until, {until}) AS until) FROM work
), cut AS (
    SELECT *, unnest(range(since // 900, (until - 1) // 900 + 1)) * 900 AS quarter
    FROM within WHERE since < until
), pieces AS (
    SELECT
        *, greatest(since, quarter) AS spent_at,
        least(until, quarter + 900) - greatest(since, quarter) AS seconds
    FROM cut
)
SELECT
    agent_id, nullif(username, '') AS username, channel,
    TIMESTAMP '1970-01-01' + to_seconds(spent_at) AS spent_at, 0 AS handled,
    if(is_contact, seconds, 0) AS contact_seconds, if(is_contact, 0, seconds) AS wrap_up_seconds
FROM pieces
UNION ALL
SELECT agent_id, username, channel, CAST(disconnected_at AS TIMESTAMP), 1, 0, 0
FROM {PACKED} WHERE is_handled AND {ended(period)}
"""


def _epoch(moment: str) -> str:
    return f"CAST(epoch(CAST({moment} AS TIMESTAMP)) AS BIGINT)"


VIEWS: Mapping[Dataset, View] = {
    Dataset.CONTACTS: View(
        _contacts,
        {
            "contacts": "1",
            "contacts_inbound": "(direction = 'INBOUND')::INT",
            "contacts_outbound": "(direction = 'OUTBOUND')::INT",
            "contacts_callback": "(direction = 'CALLBACK')::INT",
            "contacts_internal": "(direction = 'INTERNAL')::INT",
            "contacts_queued": "is_queued::INT",
            "contacts_handled": "is_handled::INT",
            "contacts_answered": "(is_queued AND is_handled)::INT",
            "contacts_abandoned": "is_abandoned::INT",
            "contacts_answered_in_time": "(is_queued AND is_handled AND waited <= {answer})::INT",
            "contacts_abandoned_in_time": "(is_abandoned AND waited <= {answer})::INT",
            "contacts_abandoned_shortly": "(is_abandoned AND waited <= {short})::INT",
            "contacts_queued_in_earnest": "is_queued::INT"
            " - (is_abandoned AND waited <= {short})::INT",
            "contacts_removed_in_time": "(is_queued AND waited <= {answer})::INT",
            "offers_missed": "len(offers) - accepted",
            "queue_answer_seconds": "if(is_queued AND is_handled, waited, 0)",
            "queue_abandon_seconds": "if(is_abandoned, waited, 0)",
            "handle_seconds": "handled_seconds",
        },
    ),
    Dataset.LEGS: View(
        _legs,
        {
            "leg_offers": "is_offer::INT",
            "leg_handled": "is_handled::INT",
            "leg_missed": "(outcome <> 'ACCEPTED')::INT",
            "leg_timed_out": "(outcome = 'MISSED')::INT",
            "leg_rejected": "(outcome = 'REJECTED')::INT",
            "leg_withdrawn": "(outcome = 'WITHDRAWN')::INT",
            "leg_accepted": "(is_offer AND outcome = 'ACCEPTED')::INT",
            "leg_interaction_seconds": "if(is_handled, interaction_seconds, 0)",
            "leg_wrap_up_seconds": "if(is_handled, wrap_up_seconds, 0)",
            "leg_handle_seconds": "if(is_handled, handled_seconds, 0)",
        },
    ),
    Dataset.AGENT_TIME: View(
        _agent_time,
        {
            "time_handled": "handled",
            "time_contact_seconds": "contact_seconds",
            "time_wrap_up_seconds": "wrap_up_seconds",
            "time_work_seconds": "contact_seconds + wrap_up_seconds",
        },
        at="spent_at",
    ),
}

"""The datasets that are made of contact records, as SQL over the packed records.

Contacts and legs are said in words that Athena has, too. A test holds each against the pure rows of
its dataset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.core.civil_day import Period
from chalicelib.core.first_contact_resolution import WINDOW
from chalicelib.core.record_document import stamp
from chalicelib.core.report import Dataset

PACKED = "packed"  # the records of the period, and of as many days around it as were asked for


@dataclass(frozen=True, slots=True)
class View:
    """`select`: its rows, over PACKED and the views of the datasets that it `needs`.

    `measures`: SQL of a whole number per row, in which {answer}, {short}, {resolving} and {as_of}
    are what it is counted by. `at`: the moment by which a row lies in an interval.
    """

    select: Callable[[Period], str]
    measures: Mapping[str, str]
    at: str = "disconnected_at"
    needs: tuple[Dataset, ...] = ()


def ended(period: Period, at: str = "disconnected_at") -> str:
    """The condition of core.datasets.contacts.ended."""
    return f"{at} >= '{stamp(period.from_at)}' AND {at} < '{stamp(period.to_at)}'"


def _contacts(period: Period) -> str:
    return f"SELECT * FROM {PACKED} WHERE {ended(period)}"


def _legs(period: Period) -> str:
    return f"""
WITH these AS ({_contacts(period)}), offered AS (
    SELECT these.*, unnest(range(1, array_length(offers) + 1)) AS n FROM these
)
SELECT
    offers[n].AgentId AS agent_id, channel, queue_id, offers[n].Outcome AS outcome,
    TRUE AS is_offer, n IS NOT DISTINCT FROM taken AS is_handled,
    coalesce(
        nullif(offers[n].Username, ''), CASE WHEN n IS NOT DISTINCT FROM taken THEN username END
    ) AS username,
    disconnected_at, interaction_seconds, wrap_up_seconds, handled_seconds, is_queued, waited
FROM offered
UNION ALL
SELECT
    agent_id, channel, queue_id, 'ACCEPTED', FALSE, TRUE, username,
    disconnected_at, interaction_seconds, wrap_up_seconds, handled_seconds, is_queued, waited
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
SELECT agent_id, nullif(username, ''), channel, CAST(disconnected_at AS TIMESTAMP), 1, 0, 0
FROM {PACKED} WHERE is_handled AND {ended(period)}
"""


def _inquiries(period: Period) -> str:
    """core.first_contact_resolution: of those who come back the first is who begins next."""
    return f"""
WITH parts AS (
    SELECT *, row_number() OVER (PARTITION BY chain ORDER BY initiated_at, contact_id) AS n
    FROM {PACKED}
), chains AS (
    SELECT
        chain AS inquiry_id, min(initiated_at) AS began_at, max(disconnected_at) AS ended_at,
        arg_max(customer_id, n) FILTER (customer_id <> '') AS customer_id,
        arg_max(subject, n) FILTER (subject <> '') AS subject,
        arg_max(agent_id, n) FILTER (is_handled) AS agent_id,
        arg_max(coalesce(username, ''), n) FILTER (is_handled) AS username,
        arg_max(coalesce(disposition, ''), n) AS disposition
    FROM parts GROUP BY chain HAVING arg_min(direction, n) IN ('INBOUND', 'CALLBACK')
), followed AS (
    SELECT *, lead(began_at) OVER (
        PARTITION BY customer_id, coalesce(subject, '') ORDER BY began_at, inquiry_id
    ) AS next_at FROM chains
)
SELECT
    inquiry_id, agent_id, nullif(username, '') AS username, subject, disposition, ended_at,
    customer_id IS NOT NULL AS is_known,
    customer_id IS NOT NULL AND coalesce(
        {_epoch("next_at")} <= {_epoch("ended_at")} + {WINDOW.total_seconds():.0f}, FALSE
    ) AS is_repeated
FROM followed WHERE agent_id IS NOT NULL AND {ended(period, "ended_at")}
"""


def _performance(period: Period) -> str:
    return f"""
SELECT agent_id, username, is_queued, waited, handled_seconds, TRUE AS is_contact
FROM ({_legs(period)}) WHERE is_handled
UNION ALL BY NAME SELECT agent_id, username, disposition, ended_at, is_known, is_repeated
FROM ({_inquiries(period)})
UNION ALL BY NAME SELECT agent_id, username, marks_given, marks_points FROM {Dataset.MARKS.value}
"""


def _moment(text: str) -> str:
    """A moment as records have it; Athena casts no `T` and no `Z`."""
    return f"CAST(replace(substr({text}, 1, 19), 'T', ' ') AS TIMESTAMP)"


def _epoch(moment: str) -> str:
    return f"CAST(epoch(CAST({moment} AS TIMESTAMP)) AS BIGINT)"


_AT_ONCE = "(NOT is_repeated AND coalesce(disposition IN ({resolving}), FALSE))"
_OPEN = f"(CAST(ended_at AS TIMESTAMP) + to_days({WINDOW.days}) > CAST('{{as_of}}' AS TIMESTAMP))"
_INQUIRIES = {
    "inquiries_handled": f"(is_known AND NOT ({_AT_ONCE} AND {_OPEN}))::INT",
    "inquiries_at_once": f"(is_known AND {_AT_ONCE} AND NOT {_OPEN})::INT",
    "inquiries_pending": f"(is_known AND {_AT_ONCE} AND {_OPEN})::INT",
    "inquiries_unknown": "(NOT is_known)::INT",
}

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
            "offers_missed": "array_length(offers) - accepted",
            "queue_answer_seconds": "if(is_queued AND is_handled, waited, 0)",
            "queue_abandon_seconds": "if(is_abandoned, waited, 0)",
            "handle_seconds": "handled_seconds",
            "interaction_seconds": "interaction_seconds",
            "hold_seconds": "hold_seconds",
            "interaction_and_hold_seconds": "interaction_seconds + hold_seconds",
            "wrap_up_seconds": "wrap_up_seconds",
            "contact_seconds": f"date_diff('second', {_moment('initiated_at')},"
            f" {_moment('disconnected_at')})",
            "holds": "holds",
            "contacts_put_on_hold": "(holds > 0)::INT",
            "contacts_transferred_out": "is_transferred::INT",
            "contacts_transferred_out_of_queue": "(is_queued AND is_transferred"
            " AND was_in = 'IN_QUEUE')::INT",
            "contacts_ended_in_queue": "(is_queued AND was_in = 'IN_QUEUE')::INT",
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
    Dataset.INQUIRIES: View(_inquiries, _INQUIRIES, at="ended_at"),
    Dataset.PERFORMANCE: View(
        _performance,
        {
            "performance_handled": "coalesce(is_contact::INT, 0)",
            "performance_answered": "coalesce(is_queued::INT, 0)",
            "performance_answered_in_time": "coalesce((is_queued AND waited <= {answer})::INT, 0)",
            "performance_handle_seconds": "coalesce(handled_seconds, 0)",
            "performance_inquiries": f"coalesce({_INQUIRIES['inquiries_handled']}, 0)",
            "performance_at_once": f"coalesce({_INQUIRIES['inquiries_at_once']}, 0)",
            "performance_marks": "coalesce(marks_given, 0)",
            "performance_points": "coalesce(marks_points, 0)",
        },
        needs=(Dataset.MARKS,),
    ),
}

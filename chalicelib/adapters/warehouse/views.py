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
}

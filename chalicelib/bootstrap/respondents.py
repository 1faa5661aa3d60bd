"""Who answers what flows ask; each is made when a flow first asks it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.authoring import data_tables, views
from chalicelib.bootstrap.callers import sign_ins
from chalicelib.bootstrap.devices import carrier, lex, messenger, to_e164
from chalicelib.bootstrap.files import calling_hours, planner, recordings, tickets, waiting
from chalicelib.bootstrap.stores import (
    bot_store,
    center_store,
    contact_store,
    customer_store,
    routing_store,
    template_store,
)
from chalicelib.bootstrap.world import Late

if TYPE_CHECKING:
    from chalicelib.services.asking import Respondent, Respondents
    from chalicelib.services.bots import BotRespondent
    from chalicelib.services.templates import Templates


def respondents(callbacks: Callable[[], Respondent]) -> Respondents:
    """Who answers what flows ask."""
    from chalicelib.core.flow import Port
    from chalicelib.services.asking import Respondents

    return Respondents(
        {
            Port.AGENT: _colleagues,
            Port.ASSISTANT: _assistants,
            Port.BOT: _bot_respondent,
            Port.CALLBACK: callbacks,
            Port.CASE: _cases,
            Port.CONTACT: _related_contacts,
            Port.CUSTOMER: _profiles,
            Port.TASK: _tasks,
            Port.TEMPLATE: _templates,
            Port.LINE: _line_answers,
            Port.METRICS: _queue_metrics,
            Port.TABLE: _table_answers,
            Port.VIEW: _view_answers,
        }
    )


@cache
def _line_answers() -> Respondent:
    from chalicelib.services.lines import LineAnswers

    return LineAnswers(carrier(), Late(recordings), calling_hours().is_open)


@cache
def _queue_metrics() -> Respondent:
    from chalicelib.services.queue_metrics import QueueMetrics

    return QueueMetrics(routing_store(), center_store(), waiting())


@cache
def _view_answers() -> Respondent:
    from chalicelib.services.view_answers import ViewAnswers

    return ViewAnswers(views(), Late(sign_ins))


@cache
def _table_answers() -> Respondent:
    from chalicelib.services.table_answers import TableAnswers

    return TableAnswers(data_tables())


@cache
def _assistants() -> Respondent:
    from chalicelib.services.assistants import Assistants

    return Assistants()


@cache
def _cases() -> Respondent:
    from chalicelib.services.cases import Cases

    return Cases(tickets())


@cache
def _profiles() -> Respondent:
    from chalicelib.services.profiles import Profiles

    return Profiles(customer_store(), contact_store(), to_e164)


@cache
def _tasks() -> Respondent:
    from chalicelib.services.tasks import Tasks

    return Tasks(planner())


@cache
def _related_contacts() -> Respondent:
    from chalicelib.services.related_contacts import RelatedContacts

    return RelatedContacts(
        contacts=contact_store(),
        planner=planner(),
        messenger=messenger(),
        templates=_templates(),
        to_e164=to_e164,
    )


@cache
def _colleagues() -> Respondent:
    from chalicelib.services.colleagues import Colleagues

    return Colleagues(center_store(), routing_store())


@cache
def _bot_respondent() -> BotRespondent:
    from chalicelib.services.bots import BotRespondent

    return BotRespondent(bot_store(), lex)


@cache
def _templates() -> Templates:
    from chalicelib.services.templates import Templates

    return Templates(template_store())

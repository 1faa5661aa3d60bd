"""Published reports come to whoever asked, with one e-mail, and again after any failure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.alert import AlertKind
from chalicelib.core.delivery import DeliveryState, Notice
from chalicelib.core.errors import Conflict, NotFound, Rejected
from chalicelib.services.messaging import Email, Undeliverable
from tests.core.records import record
from tests.services.reporting import SUNDAY, Office

FAY, BEN = "fay@acme.example", "ben@acme.example"
FOLDER = "deliveries/finance/daily-queues/dt=2026-03-08/r1/"


@pytest.fixture
def office() -> Office:
    office = Office()
    office.keep(record("c-1", agent="a-mia"))
    return office


def states(office: Office) -> list[tuple[int, str, str | None]]:
    """What the list says of each revision's delivery."""
    views = [view for view in office.catalog.of("2026-03-08") if view.report == "daily-queues"]
    return [
        (view.revision or 0, told.state, told.reason) for view in views for told in view.deliveries
    ]


def test_a_published_report_lies_below_the_consumer_s_prefix(office: Office) -> None:
    """The same bytes, the manifest last; reports that were not asked for do not come."""
    office.subscribes()

    office.works()

    assert [key.removeprefix(FOLDER) for key in office.delivered()] == [
        "daily-queues-2026-03-08-r1.csv",
        "daily-queues-2026-03-08-r1.parquet",
        "daily-queues-2026-03-08-r1.xlsx",
        "manifest.json",
    ]
    for key in office.delivered():
        source = key.replace("deliveries/finance/", "exports/")
        assert office.objects.bodies[key] == office.objects.bodies[source]


def test_each_address_gets_one_e_mail_that_links_to_the_console(office: Office) -> None:
    """However often the report is built; and no link to the data."""
    office.subscribes(FAY, BEN)

    for _ in range(3):
        office.works()

    assert [email.to for email in office.post.emails] == [FAY, BEN]
    text = office.post.emails[0].text
    assert "https://console.acme.example/#/reports" in text
    assert "daily-queues-2026-03-08-r1.csv: 1 rows" in text
    assert "objects.test" not in text


def test_a_new_revision_comes_as_the_first_did(office: Office) -> None:
    office.subscribes(FAY)
    office.works()
    office.keep(record("c-2", waited=90))

    office.works()

    assert [email.subject for email in office.post.emails] == [
        "Report daily-queues 2026-03-08, revision 1",
        "Report daily-queues 2026-03-08, revision 2",
    ]
    assert any("/r2/manifest.json" in key for key in office.delivered())
    assert states(office) == [(2, "delivered", None), (1, "delivered", None)]


def test_what_was_published_before_was_not_promised(office: Office) -> None:
    office.works()
    office.at += timedelta(minutes=1)
    office.subscribes(FAY)

    office.works()

    assert (office.delivered(), office.post.emails) == ([], [])


def test_a_bucket_that_denies_is_told_in_the_list_and_alerts(office: Office) -> None:
    """The report itself is there; a quarter of an hour later it is tried again."""
    office.subscribes(FAY)
    office.objects.denied.add("deliveries/")
    office.works()

    reason = f"bucket exports did not take {FOLDER}daily-queues-2026-03-08-r1.csv: AccessDenied"
    assert states(office) == [(1, "failed", reason)]
    (alert,) = office.alerted()
    assert (alert.kind, alert.about) == (
        AlertKind.DELIVERY_FAILED,
        "finance daily-queues 2026-03-08 r1",
    )
    assert reason in alert.text
    assert (office.delivered(), office.post.emails) == ([], [])
    office.clock.tick()
    assert office.requests.deliveries == [("daily-queues", SUNDAY)]


def test_once_the_bucket_takes_it_again_all_is_made_up_for(office: Office) -> None:
    office.subscribes(FAY)
    office.objects.denied.add("deliveries/")
    office.works()
    office.objects.denied.clear()

    office.deliveries.deliver("daily-queues", SUNDAY)

    assert states(office) == [(1, "delivered", None)]
    assert len(office.post.emails) == 1
    assert office.alerted() == []
    assert office.deliveries.outstanding() == []


def test_an_e_mail_that_could_not_be_sent_is_sent_by_the_next_run(office: Office) -> None:
    """The files are there meanwhile; and whoever got theirs gets no second one."""
    office.subscribes(FAY)
    office.post.is_down = True
    office.works()
    assert len(office.delivered()) == 4
    assert states(office) == [(1, "failed", "messages cannot be sent")]
    office.post.is_down = False

    office.works()

    assert [email.to for email in office.post.emails] == [FAY]
    assert states(office) == [(1, "delivered", None)]


def test_an_address_that_takes_no_e_mail_is_named_and_holds_nothing_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(email: Email) -> None:
        raise Undeliverable("refused", field="message")

    office.subscribes(FAY)
    monkeypatch.setattr(office.post, "send_email", refuse)

    office.works()

    assert states(office) == [(1, "delivered", f"took no e-mail: {FAY}")]
    assert office.deliveries.outstanding() == []


def test_an_e_mail_that_another_is_sending_is_left_to_it(office: Office) -> None:
    """The message comes again, and finds it sent; or its sender dead, and sends it."""
    office.subscribes(FAY)
    notice = Notice(consumer="finance", report="daily-queues", day=SUNDAY, revision=1, address=FAY)
    office.notices.claim(notice, now=office.at, until=office.at + timedelta(minutes=6))

    with pytest.raises(Conflict):
        office.works()
    office.at += timedelta(minutes=7)
    office.works()

    assert len(office.post.emails) == 1


def test_a_delivery_is_withdrawn_in_one_step(office: Office) -> None:
    """Nothing more comes; what came stays. It cannot be withdrawn twice."""
    office.subscribes(FAY)
    office.works()
    came = office.delivered()
    office.deliveries.withdraw("finance")
    office.keep(record("c-2"))

    office.works()

    assert office.delivered() == came
    assert office.deliveries.outstanding() == []
    with pytest.raises(NotFound):
        office.deliveries.withdraw("finance")


def test_a_failure_of_one_consumer_is_not_the_other_s(office: Office) -> None:
    office.subscribes()
    office.deliveries.keep("audit", reports=["daily-queues"], emails=[], by="root")
    office.objects.denied.add("deliveries/audit/")

    office.works()

    notes = {note.consumer: note.state for note in office.deliveries.notes()}
    assert notes == {"audit": DeliveryState.FAILED, "finance": DeliveryState.DELIVERED}


def test_nobody_is_promised_e_mails_that_nobody_may_send(office: Office) -> None:
    office.deliveries._sender = ""

    with pytest.raises(Rejected) as refused:
        office.subscribes(FAY)

    assert (refused.value.field, refused.value.value) == ("emails", FAY)
    assert office.deliveries.list() == []

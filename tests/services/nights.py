"""The center of the scenarios with calls that are recorded, and the night that looks for them."""

from __future__ import annotations

from datetime import date, datetime

from chalicelib.adapters.lake import S3RecordLake
from chalicelib.adapters.reconciliations import S3Reconciliations
from chalicelib.core.ids import AgentId, ContactId
from chalicelib.core.reconciliation import Reconciliation
from chalicelib.services.ports import RecordingJob
from chalicelib.services.reconciliation import ReconciliationRoom, ReconciliationService
from tests.acme import SALES, Acme
from tests.fakes.objects import InMemoryObjectStore
from tests.fakes.reporting import InMemoryReportRequests, RecordedGauges
from tests.house import action, to_queue

THE_DAY = date(2026, 3, 2)  # the Monday of the scenarios
AT_NIGHT = datetime.fromisoformat("2026-03-03T06:00:00+00:00")  # 01:00 in New York
_EVERYBODY = {"RecordedParticipants": ["Agent", "Customer"]}


class Night(Acme):
    """A01 is at work, and A02 once somebody is sent to him."""

    def __init__(self) -> None:
        super().__init__()
        self.exports = InMemoryObjectStore("exports")
        self.found = S3Reconciliations(self.exports)
        self.gauges = RecordedGauges()
        self.requests = InMemoryReportRequests()
        zone = self.center.center().time_zone
        self.reconciliation = ReconciliationService(
            self.contacts,
            self.contacts,
            S3RecordLake(self.lake, readers=1),
            self.objects,
            self.records,
            self.found,
            self.alerts,
            self.gauges,
            zone=zone,
            now=self.now,
        )
        self.room = ReconciliationRoom(self.found, self.requests, zone=zone, now=self.now)
        begins = action(
            "Record", "UpdateContactRecordingBehavior", "Choose", RecordingBehavior=_EVERYBODY
        )
        self.publish("Recorded", to_queue("Sales", begins))
        self.comes("A01")

    def talks(self, *, is_recorded: bool = True, is_transferred: bool = False) -> list[ContactId]:
        """A call of half a minute with A01, and one more with A02 of one that is transferred."""
        self.breathes("A01")
        contact_id = self.rings("Recorded" if is_recorded else SALES.capitalize())
        self.takes("A01")
        self.later(30)
        if not is_transferred:
            return [self._over("A01", contact_id, is_recorded=is_recorded)]
        queue = self.destinations.queue("Support")
        self.transfers.by_agent(AgentId("A01"), contact_id, queue)
        self.streams()
        self.comes("A02")
        second = self.takes("A02")
        first = self._over("A01", contact_id, is_recorded=is_recorded)
        self.later(30)
        return [first, self._over("A02", second, is_recorded=is_recorded)]

    def looks(self) -> Reconciliation:
        """At one in the morning."""
        self.at = max(self.at, AT_NIGHT)
        return self.reconciliation.run(THE_DAY)

    def _over(self, name: str, contact_id: ContactId, *, is_recorded: bool) -> ContactId:
        if is_recorded:
            part = f"parts/{contact_id}/s1/000000"
            self.objects.put(part, contact_id.encode(), content_type="audio/webm")
            job = RecordingJob(contact_id=contact_id, segment="s1", started_at=self.at, chunks=1)
            self.contacts_service.stitch(job)
        self.finishes(name)
        if name != "A01":
            self.desk.set_status(AgentId(name), "Offline")
        self.streams()
        return contact_id

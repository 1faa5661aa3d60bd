"""The report function of a deployed center, whose worker an axe kills at a write of its choice.

`python -m tests.journeys.report_kills` tries every write, on a laptop of its own under
`.local/axe`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import urllib.request
from datetime import date, timedelta
from typing import Any

from infra.local.laptop import Laptop
from tests.journeys.center import Center, eventually, from_reports_queue
from tests.journeys.conftest import ROOT, bring_up
from tests.journeys.demo_week import Clock
from tests.services.killing import FAY, REPORT, WRITES

FIRST_DAY = date(2026, 1, 1)  # long over, and each that is tried gets a day of its own
WRITTEN = [  # of `FIRST_DAY`; and that it was late, which it is
    *(write.replace("2026-03-08", FIRST_DAY.isoformat()) for write in WRITES),
    "DeleteItem alerts",
]
MOMENTS = tuple((at, is_after) for at in range(len(WRITTEN)) for is_after in (False, True))
SENDS = WRITES.index(f"send {FAY}")
CLAIMED_FOR = timedelta(minutes=7)  # longer than a dead worker's claims count


class Reports:
    """`REPORT` of days on which nothing else happens, brought to `finance` with an e-mail. Nobody
    but the test asks for reports meanwhile."""

    def __init__(self, laptop: Laptop, center: Center) -> None:
        self._center = center
        self._clock = Clock(laptop.home / "clock")
        self._function = center.facts["functions"]["report"]
        self._lambda = center.aws("lambda")
        self._s3 = center.aws("s3")
        self._bucket = center.facts["buckets"]["exports"]
        center.stop_reports_clock()
        eventually(center.has_no_reports_to_build, "end of what was asked for", seconds=120)
        status, told = center.request(
            "PUT",
            "/v1/report-deliveries/finance",
            {"reports": [REPORT], "emails": [FAY]},
            role="admin",
        )
        assert status == 200, told

    def build(self, day: date, *, at: int | None = None, is_after: bool = False) -> list[str]:
        """What a worker wrote that takes the day's message; `at`: the write at which it dies."""
        self._axe(function=self._function, at=at, is_after=is_after)
        message = {"day": day.isoformat(), "report": REPORT}
        answer = self._lambda.invoke(
            FunctionName=self._function, Payload=from_reports_queue(message)
        )
        assert ("FunctionError" in answer) == (at is not None), answer
        written: list[str] = self._axe()["done"]
        return written

    def outlive(self, moment: tuple[int, bool], day: date) -> None:
        """The worker dies at that write of `WRITTEN`, before or after it is done, and the next one
        makes the day whole; the e-mail comes twice only where nobody could know that it was out."""
        at, is_after = moment
        wanted = [write.replace(FIRST_DAY.isoformat(), day.isoformat()) for write in WRITTEN]
        before = self.emails()
        assert wanted[: at + is_after] == self.build(day, at=at, is_after=is_after)
        self.nothing_lies(day)

        self.build_later(day)

        self.nothing_lies(day)
        view = self.view(day)
        assert ("published", 1) == (view["state"], view["revision"])
        assert ["delivered"] == [told["state"] for told in view["deliveries"]]
        assert 8 == len(self.keys(day))
        was_out = moment in ((SENDS, True), (SENDS + 1, False))
        assert before + 1 + was_out == self.emails()

    def build_later(self, day: date) -> None:
        """By the next worker, once what the dead one had claimed is free."""
        self._clock.forward(self._clock.now() + CLAIMED_FOR)
        try:
            self.build(day)
        finally:
            self._clock.right()

    def emails(self) -> int:
        """How many Fay has."""
        address = f"{self._center.facts['aws_endpoint']}/_ministack/ses/messages"
        with urllib.request.urlopen(address, timeout=30) as told:
            return str(json.loads(told.read())).count(f"'{FAY}'")

    def view(self, day: date) -> dict[str, Any]:
        """The day as finance sees it; its files as they are downloaded."""
        runs = self._center.get(f"/v1/reports/{day}", role="finance")["runs"]
        (found,) = [run for run in runs if run["report"] == REPORT]
        view: dict[str, Any] = found
        return view

    def keys(self, day: date) -> list[str]:
        prefixes = (f"exports/{REPORT}/dt={day}/", f"deliveries/finance/{REPORT}/dt={day}/")
        return [
            each["Key"]
            for prefix in prefixes
            for each in self._s3.list_objects_v2(Bucket=self._bucket, Prefix=prefix).get(
                "Contents", []
            )
        ]

    def nothing_lies(self, day: date) -> None:
        """What has a manifest has every file that it names, as it names them; and what finance is
        shown as published has one."""
        keys = self.keys(day)
        for key in (key for key in keys if key.endswith("manifest.json")):
            folder = key.removesuffix("manifest.json")
            for file in json.loads(self._read(key))["files"]:
                content = self._read(folder + file["name"])
                assert hashlib.sha256(content).hexdigest() == file["sha256"]
        runs = self._center.get(f"/v1/reports/{day}", role="finance")["runs"]
        shown = [run for run in runs if run["report"] == REPORT]
        is_sealed = any(key.startswith("exports/") and "manifest" in key for key in keys)
        assert is_sealed or not any(run["files"] or run["state"] == "published" for run in shown)

    def _read(self, key: str) -> bytes:
        content: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return content

    def _axe(self, **wanted: object) -> Any:
        address = f"{self._center.facts['aws_endpoint']}/_axe"
        body = json.dumps(wanted).encode() if wanted else None
        request = urllib.request.Request(address, body, method="PUT" if wanted else "GET")
        with urllib.request.urlopen(request, timeout=30) as told:
            return json.loads(told.read())


def main() -> None:
    laptop = Laptop(ROOT / ".local" / "axe")
    laptop.down()
    shutil.rmtree(laptop.home, ignore_errors=True)
    os.environ["TRUNKLINE_EMULATOR"] = "tests.journeys.axe"
    try:
        reports = Reports(laptop, Center(bring_up(laptop)))
        assert WRITTEN == reports.build(FIRST_DAY)
        for number, moment in enumerate(MOMENTS, start=1):
            reports.outlive(moment, FIRST_DAY + timedelta(days=number))
            print(f"{'after' if moment[1] else 'before'} {WRITTEN[moment[0]]}: repaired")
    finally:
        laptop.down()


if __name__ == "__main__":
    main()

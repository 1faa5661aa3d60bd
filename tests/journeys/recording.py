"""What an agent's page does with the sound of a call: it sends the pieces, and says when all are
there."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.journeys.center import Center

CHUNKS = sorted((Path(__file__).parents[1] / "adapters/fixtures/mediarecorder").glob("*.webm"))


def upload_recording(
    center: Center, contact_id: str, *, role: str, started_at: datetime
) -> dict[str, Any]:
    """Eight seconds of two people who talk, as the segment `seg1`; answers the grant."""
    grant: dict[str, Any] = center.post(
        f"/v1/contacts/{contact_id}/recording-grant", b"{}", role=role
    )
    for number, chunk in enumerate(CHUNKS):
        status = post_form(grant, f"{grant['prefix']}seg1/{number:06}", chunk.read_bytes())
        assert status == 204, status
    finished = {"chunks": len(CHUNKS), "startedAt": started_at.isoformat()}
    center.post(f"/v1/contacts/{contact_id}/recordings/seg1/finish", finished, role=role)
    return grant


def post_form(grant: dict[str, Any], key: str, file: bytes) -> int:
    """A browser's upload: a form whose last part is the file; the status of the answer."""
    line = "----journey"
    fields = {**grant["fields"], "key": key}
    parts = [
        f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="c"\r\n\r\n'
    body = b"".join([*parts, head.encode(), file, f"\r\n--{line}--\r\n".encode()])
    form = {"Content-Type": f"multipart/form-data; boundary={line}"}
    try:
        request = urllib.request.Request(grant["url"], body, form)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code

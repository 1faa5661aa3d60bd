"""The table of blocks. To add one: write its function, add its row, add its conversation."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.flow.blocks import contact, control, integration, participant
from chalicelib.core.flow.spec import Block

BLOCKS: Mapping[str, Block] = {
    **participant.BLOCKS,
    **contact.BLOCKS,
    **control.BLOCKS,
    **integration.BLOCKS,
}

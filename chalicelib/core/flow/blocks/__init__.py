"""The table of blocks. To add one: write its function, add its row, add its conversation."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.core.flow.blocks import (
    contact,
    contact_data,
    control,
    dialog,
    integration,
    media,
    modules,
    participant,
    services,
)
from chalicelib.core.flow.spec import Block

BLOCKS: Mapping[str, Block] = {
    **participant.BLOCKS,
    **dialog.BLOCKS,
    **contact.BLOCKS,
    **contact_data.BLOCKS,
    **media.BLOCKS,
    **control.BLOCKS,
    **modules.BLOCKS,
    **integration.BLOCKS,
    **services.BLOCKS,
}

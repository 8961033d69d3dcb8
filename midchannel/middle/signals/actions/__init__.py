"""The only writes of this room: `keeping` (what was read), `readers` (what it was read by)."""

from midchannel.middle.signals.actions.keeping import (
    drop_empty_partitions,
    ensure_partition,
    forget,
    keep,
    keep_again,
)

__all__ = ["drop_empty_partitions", "ensure_partition", "forget", "keep", "keep_again"]

"""The only writes of this room: `keeping` (what was read), `readers` (what it was read by), `correcting` (what people
say), `learning` (what is learned from that), `twice` (what a second reading says)."""

from midchannel.middle.signals.actions.correcting import correct
from midchannel.middle.signals.actions.keeping import (
    drop_empty_partitions,
    ensure_partition,
    forget,
    hold,
    hold_unchanged,
    keep,
    keep_again,
    keep_panel,
)
from midchannel.middle.signals.actions.learning import learn, learn_if_due, learn_now
from midchannel.middle.signals.actions.twice import forget_second, keep_second, switch_second

__all__ = [
    "correct",
    "drop_empty_partitions",
    "ensure_partition",
    "forget",
    "forget_second",
    "hold",
    "hold_unchanged",
    "keep",
    "keep_again",
    "keep_panel",
    "keep_second",
    "learn",
    "learn_if_due",
    "learn_now",
    "switch_second",
]

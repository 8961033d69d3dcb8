"""The reads of this room: `reading` (what texts say), `mood` (how it goes), `texts` (what is read again), `seeing` (who may)."""

from midchannel.middle.signals.queries.calibrating import Own, get_calibration
from midchannel.middle.signals.queries.mood import Mood, Turn, mood, moods_of_conversations, turns, turns_in
from midchannel.middle.signals.queries.reading import Signal, of, of_known
from midchannel.middle.signals.queries.texts import Text, list_read_texts
from midchannel.middle.signals.queries.topics import list_topic_names

__all__ = [
    "Mood",
    "Own",
    "Signal",
    "Text",
    "Turn",
    "get_calibration",
    "list_read_texts",
    "list_topic_names",
    "mood",
    "moods_of_conversations",
    "of",
    "of_known",
    "turns",
    "turns_in",
]

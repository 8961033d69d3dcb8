"""What was read is kept: one COPY for the texts of a batch, in the transaction in which they arrive."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

import msgspec

from midchannel.engines.language.reading import Reading
from midchannel.middle.signals import labels, rules
from midchannel.middle.signals.actions import readers
from midchannel.middle.signals.queries import texts
from midchannel.middle.signals.rules import Read, thousandths
from midchannel.platform.database.bulk import NULL, array, copy_lines, copy_rows, escaped, execute, fetch, moment

COLUMNS = (
    "id",
    "at",
    "channel_id",
    "reader_id",
    "sentiment",
    "negative",
    "positive",
    "offensive",
    "spam",
    "urgency",
    "press",
    "language_sure",
    "corrected",
    "intents",
    "topics",
    "language",
    "detail",
)
# What stays when a text is read again of which a person said this.
HELD = {
    "language": ("language", "language_sure"),
    "sentiment": ("sentiment", "negative", "positive", "press"),
    "intents": ("intents", "press"),
    "topics": ("topics",),
    "urgency": ("urgency", "press"),
    "spam": ("spam", "press"),
}

LEARN_LOCK = 0x6D63_0051
"""Whoever learns holds it, and whoever takes away what was learned from."""

_encode = msgspec.json.encode


def keep(readings: Sequence[Read], *, calibration: int = 0, now: datetime) -> None:
    """Keep what some activities say, for the first time. In the caller's transaction, as one COPY."""
    copy_lines("signal", COLUMNS, _lines(readings, calibration, now=now))


def hold_unchanged(read: Mapping[int, str]) -> set[int]:
    """Which of some texts still say what was read in them: they were not edited, taken back or erased while a model thought about them.

    Until the caller's transaction ends, whoever does that waits, and then finds what is kept here.
    """
    hold(read)
    said = texts.list_read_texts(sorted(read))
    return {identifier for identifier, text in read.items() if identifier in said and said[identifier].text == text}


def hold(activity_ids: Iterable[int]) -> None:
    """Let nobody else say what some texts say until the caller's transaction ends.

    In order, so that two who hold some of the same never wait for each other in a ring; what nothing is known of yet is held itself.
    """
    wanted = array(sorted(activity_ids))
    held = fetch("SELECT id FROM signal WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE", [wanted])
    fetch(
        "SELECT id FROM activity WHERE id = ANY(%s::bigint[]) AND id <> ALL(%s::bigint[]) ORDER BY id FOR KEY SHARE",
        [wanted, array(identifier for (identifier,) in held)],
    )


def keep_again(readings: Sequence[Read], *, calibration: int = 0, now: datetime) -> int:
    """Keep what some activities say now (an edit, another model). What people corrected stays. Returns how many rows say something else."""
    if not readings:
        return 0
    hold(each.id for each in readings)
    execute("CREATE TEMP TABLE IF NOT EXISTS read_again (LIKE signal) ON COMMIT DELETE ROWS")
    execute("DELETE FROM read_again")
    copy_lines("read_again", COLUMNS, _lines(readings, calibration, now=now))
    kept = {name: _kept(name) for name in COLUMNS if name not in {"id", "corrected"}}
    says = ("language", "sentiment", "intents", "topics")
    before, after = ", ".join(f"s.{name}" for name in says), ", ".join(kept[name] for name in says)
    changed = fetch(
        f"SELECT count(*) FROM read_again n LEFT JOIN signal s ON s.id = n.id WHERE ({before}) IS DISTINCT FROM ({after})"
    )
    changes = ", ".join(f"{name} = {value}" for name, value in kept.items())
    execute(f"UPDATE signal s SET {changes} FROM read_again n WHERE s.id = n.id")
    names = ", ".join(COLUMNS)
    execute(f"INSERT INTO signal ({names}) SELECT {names} FROM read_again n ON CONFLICT (id) DO NOTHING")
    return int(changed[0][0])


def _kept(column: str) -> str:
    """What a column of `signal s` is when a text was read again as `n`."""
    bits = sum(1 << labels.WHATS.index(what) for what, columns in HELD.items() if column in columns)
    return f"CASE WHEN s.corrected & {bits} <> 0 THEN s.{column} ELSE n.{column} END" if bits else f"n.{column}"


def forget(activity_ids: Sequence[int]) -> dict[str, int]:
    """Remove what is known of some texts, with what people said about it. Returns counts by table. In the caller's transaction."""
    wanted = array(activity_ids)
    counts = {"signal": execute("DELETE FROM signal WHERE id = ANY(%s::bigint[])", [wanted])}
    for table in ("signal_correction", "signal_panel", "signal_second"):
        counts[table] = execute(f"DELETE FROM {table} WHERE activity_id = ANY(%s::bigint[])", [wanted])
    if counts["signal_correction"]:  # what was learned from them is learned without them (`learning.FORGET`)
        execute("SELECT pg_advisory_xact_lock(%s)", [LEARN_LOCK])
        counts["signal_calibration"] = execute("UPDATE signal_calibration SET corrections = -1 WHERE is_used")
    return counts


def ensure_partition(day: date) -> None:
    """Make the partition of `signal` for a day's month, unless it is there."""
    fetch("SELECT ensure_signal_partition(%s)", [day])


def drop_empty_partitions(*, before: int) -> int:
    """Drop months that end before an id and of which nothing is left. Returns how many went."""
    return int(fetch("SELECT drop_empty_signal_partitions(%s)", [before])[0][0])


def _lines(readings: Sequence[Read], calibration: int, *, now: datetime) -> Iterator[str]:
    """The rows as COPY takes them; what has to be asked for them is asked before the first, since nothing can be asked within a COPY."""
    numbers = readers.numbers_of({each.reading.model for each in readings}, calibration=calibration, now=now)
    topics = readers.topics_of({name for each in readings for name, _ in each.reading.topics})
    return (_line(each, numbers, topics) for each in readings)


def _line(each: Read, numbers: dict[str, int], topics: dict[str, int]) -> str:
    said, intents = each.reading, dict(each.reading.intents)
    press = rules.press(urgency=said.urgency, negative=said.negative, intents=intents, is_spam=rules.is_spam(said))
    detail = rules.detail_of(said)
    about = [topics[name] for name, _ in said.topics if name in topics]
    return (
        f"{each.id}\t{moment(each.at)}\t{each.channel_id}\t{numbers[said.model]}\t{labels.SENTIMENTS.index(said.sentiment)}"
        f"\t{thousandths(said.negative)}\t{thousandths(said.positive)}\t{thousandths(said.offensive)}\t{thousandths(said.spam)}"
        f"\t{thousandths(said.urgency)}\t{press}\t{thousandths(said.language_confidence)}\t0"
        f"\t{labels.bits_of(intents, labels.INTENTS)}\t{array(about) if about else NULL}\t{said.language}"
        f"\t{escaped(_encode(detail).decode()) if detail else NULL}\n"
    )


def keep_panel(reader_id: int, readings: Sequence[tuple[int, Reading]]) -> None:
    """Keep what a reader makes of texts of the frozen panel."""
    copy_rows(
        "signal_panel",
        ("activity_id", "reader_id", "language", "negative", "positive", "sentiment", "intents"),
        (
            (
                identifier,
                reader_id,
                said.language,
                thousandths(said.negative),
                thousandths(said.positive),
                labels.SENTIMENTS.index(said.sentiment),
                labels.bits_of((name for name, _ in said.intents), labels.INTENTS),
            )
            for identifier, said in readings
        ),
    )

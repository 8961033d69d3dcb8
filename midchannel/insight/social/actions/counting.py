"""How often everybody uses a word is counted, from the newest texts: the measure against which somebody's own words are typical."""

from collections import Counter, defaultdict
from datetime import datetime

from django.db import transaction

from midchannel.engines import wording
from midchannel.outside.channels.kinds import TALK, Flag
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch

TEXTS = 100_000
LONGEST = 2_000
LEAST_PEOPLE = 5
NOT_SAID = int(Flag.OUTGOING | Flag.AUTOMATIC | Flag.DELETED)


def count_words(*, now: datetime, texts: int = TEXTS) -> int:
    """Count the words of the newest texts, by language. Returns how many words are known now.

    A word that fewer than five people use is not kept: it may tell who somebody is, and what only one person says is typical anyway.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    people: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for handle_id, text in fetch(
        "SELECT handle_id, left(text, %s) FROM activity WHERE kind = ANY(%s::int[]) AND flags & %s = 0 AND text <> ''"
        " ORDER BY id DESC LIMIT %s",
        [LONGEST, array(map(int, TALK)), NOT_SAID, texts],
    ):
        language = wording.language_of(text)
        words = wording.words_of(text, language)
        counts[language].update(words)
        users = people[language]
        for word in set(words):
            if len(users[word]) < LEAST_PEOPLE:
                users[word].add(handle_id)
    rows = [
        (language, word, count)
        for language, counted in counts.items()
        for word, count in (*counted.items(), ("", counted.total()))
        if not word or len(people[language][word]) >= LEAST_PEOPLE
    ]
    with transaction.atomic():
        execute("DELETE FROM word_total")
        copy_rows("word_total", ("language", "word", "count"), rows)
        execute("INSERT INTO social_state (id, event_id) VALUES (1, 0) ON CONFLICT DO NOTHING")
        execute("UPDATE social_state SET counted_at = %s WHERE id = 1", [now])
    return len(rows)

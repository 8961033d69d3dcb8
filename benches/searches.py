"""What standing searches cost: microseconds of CPU a text, by how many searches there are.

Processor time of this process only, one core, the median of rounds. The texts are made of words as often as in real talk (Zipf); a tenth of
the searches are phrases, a tenth NEAR, a tenth groups with a word's beginning, some ask the mood (which is given here and not read).
"""

import argparse
import json
import statistics
import time
from random import Random

from midchannel.engines.searches import Matcher, Said, Sense, parse
from midchannel.engines.searches.tree import Query

VOCABULARY = 20_000
WORDS = 24


def word(chance: Random) -> str:
    """A word, the first ones often, as Zipf has it."""
    return f"w{min(int(chance.paretovariate(0.9)), VOCABULARY)}"


def rare(chance: Random) -> str:
    """A word that somebody would listen for: not one of the commonest."""
    return f"w{chance.randrange(40, VOCABULARY)}"


def query(number: int, chance: Random) -> Query:
    """A search of one of ten kinds."""
    one, two, three = rare(chance), rare(chance), rare(chance)
    kinds = (
        one,
        f"{one} {two}",
        f'"{one} {two}"',
        f"{one} NEAR(5) {two}",
        f"({one} OR {two} OR {three[:4]}*) -{word(chance)}",
        f"{one} OR {two} OR {three}",
        f"{one} mood:negative",
        f"({one} OR {two}) language:en -{three}",
        f"#{one} OR @{two}",
        f'"{one} {two} {three}" OR {one}',
    )
    return parse(kinds[number % len(kinds)])


def measure(searches: int, texts: int, rounds: int) -> dict[str, float]:
    """Microseconds a text, and of a thousand texts how many were found by something."""
    chance = Random(7)
    matcher = Matcher.of([(number, query(number, chance)) for number in range(searches)])
    said = [Said(" ".join(word(chance) for _ in range(WORDS))) for _ in range(texts)]
    sense = Sense("en", "negative")
    took, found = [], 0
    for _ in range(rounds):
        begin = time.process_time()
        keys = matcher.match(said, lambda numbers: [sense] * len(numbers))
        took.append((time.process_time() - begin) / texts * 1e6)
        found = sum(bool(each) for each in keys)
    return {"microseconds_a_text": round(statistics.median(took), 1), "found_of_1000": round(1000 * found / texts)}


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--texts", type=int, default=5_000)
    reader.add_argument("--rounds", type=int, default=5)
    given = reader.parse_args()
    counts = (0, 10, 100, 500, 2_000)
    print(json.dumps({str(count): measure(count, given.texts, given.rounds) for count in counts}, indent=1))


if __name__ == "__main__":
    main()

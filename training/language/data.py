"""The rows that models learn from, and the list of them that goes with every model.

Rows are read as they were published; what is to be measured with is never given to learn from. `Source` notes every file that was
read, with its hash, and the manifest beside the models has them.
"""

import csv
import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from training.language import romanise

PHRASES = Path(__file__).parent / "phrases"
csv.field_size_limit(10**9)
EMOTIONS: tuple[str, ...] = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire", "disappointment",
    "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief", "joy", "love", "nervousness", "optimism",
    "pride", "realization", "relief", "remorse", "sadness", "surprise", "neutral",
)  # fmt: skip
BASIC: tuple[str, ...] = ("anger", "disgust", "fear", "joy", "sadness", "surprise")
ROLL_UP = {
    "anger": "anger annoyance disapproval",
    "disgust": "disgust",
    "fear": "fear nervousness",
    "joy": "joy amusement approval excitement gratitude love optimism relief pride admiration desire caring",
    "sadness": "sadness disappointment embarrassment grief remorse",
    "surprise": "surprise realization confusion curiosity",
}
"""From the 28 labels to Ekman's six, as GoEmotions groups them (Demszky et al. 2020, appendix)."""
LANGUAGES = {
    "afr": "af", "amh": "am", "arq": "ar", "ary": "ar", "chn": "zh", "deu": "de", "eng": "en", "esp": "es", "hau": "ha", "hin": "hi",
    "ibo": "ig", "kin": "rw", "mar": "mr", "orm": "om", "pcm": "pcm", "por": "pt", "ptbr": "pt", "ptmz": "pt", "ron": "ro", "rus": "ru",
    "som": "so", "sun": "su", "swa": "sw", "swe": "sv", "tat": "tt", "tir": "ti", "tso": "ts", "twi": "tw", "ukr": "uk", "vmw": "vmw",
    "yor": "yo",
}  # fmt: skip
POSITIVE = frozenset(ROLL_UP["joy"].split())
NEGATIVE = frozenset(" ".join(ROLL_UP[each] for each in ("anger", "disgust", "fear", "sadness")).split())


@dataclass
class Source:
    """The folder the rows are in, which files were read, and which are done without: those have no rows."""

    root: Path
    read: dict[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a tab-separated file with a heading."""
        if name in self.without:
            return []
        raw = (self.root / name).read_bytes()
        self.read[name] = hashlib.sha256(raw).hexdigest()
        lines = raw.decode().splitlines()
        found = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key: value or "" for key, value in row.items() if key} for row in found]

    def own(self, path: Path) -> str:
        """A file of this project's, noted like the others."""
        raw = path.read_bytes()
        self.read[f"phrases/{path.name}"] = hashlib.sha256(raw).hexdigest()
        return raw.decode()

    def beside(self, name: str) -> Path:
        """A file beside this module that is not text, noted like the others."""
        path = Path(__file__).parent / name
        self.read[f"training/language/{name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
        return path

    def written(self, name: str) -> list[dict[str, str]]:
        """The rows of a table of our own, beside this module."""
        raw = (Path(__file__).parent / name).read_bytes()
        self.read[f"training/language/{name}"] = hashlib.sha256(raw).hexdigest()
        return list(csv.DictReader(raw.decode().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))

    def quoted(self, name: str) -> list[dict[str, str]]:
        """The rows of a file whose texts may hold line ends, between quotes."""
        raw = (self.root / name).read_bytes()
        self.read[name] = hashlib.sha256(raw).hexdigest()
        found = csv.DictReader(raw.decode().splitlines(keepends=True), delimiter="\t")
        return [{key: value or "" for key, value in row.items() if key} for row in found]

    def names(self, pattern: str) -> Iterator[str]:
        """Files by a pattern, in order."""
        for path in sorted(self.root.glob(pattern)):
            if "_test_" not in path.name:  # one file is a test's rows that were published again for training
                yield str(path.relative_to(self.root))


@dataclass(frozen=True)
class Example:
    """A text and what is true of it: the numbers of its labels."""

    text: str
    labels: tuple[int, ...]
    weight: float = 1.0


TO_COMPANIES = 4.0
"""What a post of our own weighs for sentiment."""


def sentiment(source: Source) -> list[Example]:
    """negative 0, neutral 1, positive 2."""
    names = {"negative": 0, "neutral": 1, "positive": 2}
    out = [
        Example(r["text"], (names[r["sentiment"]],))
        for r in source.rows("tse_tweet_sentiment.tsv")
        if r["sentiment"] in names
    ]
    out += [
        Example(r["text"], (2 * int(r["label"]),))
        for r in source.rows("uci_sentiment_sentences.tsv")
        if r["label"] in {"0", "1"}
    ]
    for row in source.rows("goemotions_train.tsv"):
        felt = {EMOTIONS[int(each)] for each in row["labels"].split(",")}
        if bool(felt & POSITIVE) != bool(felt & NEGATIVE) or felt == {"neutral"}:
            out.append(Example(row["text"], (2 if felt & POSITIVE else 0 if felt & NEGATIVE else 1,), 0.5))
    for name in source.names("afrisenti/*_train.tsv"):
        out += [Example(r["text"], (names[r["label"]],), 0.5) for r in source.rows(name) if r["label"] in names]
    return out + sentiment_to_companies(source)


def sentiment_to_companies(source: Source) -> list[Example]:
    """Posts to companies: a polite question is not praise. Of ours the part to learn from, and questions of a bank's customers."""
    out = []
    for row in source.written("own_posts.tsv"):
        labels = set(row["labels"].split(","))
        if row["split"] != "train" or {"complaint", "praise"} <= labels:
            continue
        if "complaint" in labels:
            out.append(Example(row["text"], (0,), TO_COMPANIES))
        elif labels == {"praise"}:
            out.append(Example(row["text"], (2,), TO_COMPANIES))
        elif row["tone"] == "none" and labels <= {"question", "idea", "other", "purchase_interest"}:
            out.append(Example(row["text"], (1,), TO_COMPANIES))
    return out + [Example(row["text"], (1,), 0.3) for row in source.quoted("banking77_train.tsv")[::3]]


def sentiment_elsewhere(source: Source) -> list[Example]:
    """English posts of BRIGHTER by what they feel: nothing of them is in `sentiment`, so they tell how sure to be of strangers' texts."""
    out = []
    for row in source.rows("brighter/eng_train.tsv"):
        is_good, is_bad = row["joy"] == "1", any(row[each] == "1" for each in ("anger", "fear", "sadness"))
        if is_good != is_bad or not (is_good or is_bad or row["surprise"] == "1"):
            out.append(Example(row["text"], (2 if is_good else 0 if is_bad else 1,)))
    return out


def priors(source: Source) -> dict[str, float]:
    """How often each of GoEmotions' labels holds."""
    examples = emotion(source)
    held = Counter(label for example in examples for label in example.labels)
    return {label: held[at] / len(examples) for at, label in enumerate(EMOTIONS)}


MOODS: tuple[str, ...] = ("anger", "joy", "optimism", "sadness")
MOOD_OF = {
    each: at
    for at, names in enumerate(
        (
            "anger annoyance disgust",
            "joy amusement excitement love gratitude admiration",
            "optimism",
            "sadness disappointment grief remorse",
        )
    )
    for each in names.split()
}
THANKFUL = frozenset(("admiration", "gratitude", "love"))


def mood(source: Source) -> list[Example]:
    """Anger, joy, optimism or sadness, of texts that show one of them: for rows that hold one of these and no other."""
    out = []
    for row in source.rows("goemotions_train.tsv"):
        felt = {EMOTIONS[int(each)] for each in row["labels"].split(",")}
        moods = {MOOD_OF[each] for each in felt if each in MOOD_OF}
        if len(moods) == 1:
            out.append(Example(row["text"], (moods.pop(),), 0.5 if felt <= THANKFUL else 1.0))
    for row in source.rows("brighter/eng_train.tsv"):
        shown = [at for at, name in enumerate(MOODS) if row.get(name) == "1"]
        if len(shown) == 1:
            out.append(Example(row["text"], (shown[0],), 2.0))
    return out


def emotion(source: Source, split: str = "train") -> list[Example]:
    """GoEmotions' 28 labels."""
    return [Example(r["text"], tuple(map(int, r["labels"].split(",")))) for r in source.rows(f"goemotions_{split}.tsv")]


def basic_emotion(source: Source, split: str = "train") -> list[Example]:
    """Ekman's six over many languages; a language that lacks a label says nothing of it (label -1 - number)."""
    out = []
    for name in source.names(f"brighter/*_{split}.tsv"):
        for row in source.rows(name):
            known = [at for at, label in enumerate(BASIC) if row.get(label, "") in {"0", "1"}]
            if known:
                missing = tuple(-1 - at for at in range(len(BASIC)) if at not in known)
                out.append(Example(row["text"], tuple(at for at in known if row[BASIC[at]] == "1") + missing))
    into = {each: at for at, label in enumerate(BASIC) for each in ROLL_UP[label].split()}
    for example in emotion(source, split):
        felt = {into[EMOTIONS[each]] for each in example.labels if EMOTIONS[each] in into}
        out.append(Example(example.text, tuple(sorted(felt)), 0.5))
    return out


SEARCHED = re.compile(r"\b(?:bitch\w*|hoes?|pussy|nigg\w*|trash)\b", re.IGNORECASE)
"""By these words most of Davidson's offensive tweets were found: what they teach beside the words is little."""


def toxicity(source: Source) -> list[Example]:
    """offensive 0, hate 1; neither: none. Without the rows that are held out to measure with.

    Reddit's angry and disgusted comments are a little offensive, whether they hate is not known; its others are a little not.
    """
    out = []
    for each, name in judged(source):
        if not is_held_out(each.text):
            was_searched = name == "davidson" and each.labels and SEARCHED.search(each.text)
            out.append(replace(each, weight=0.2) if was_searched else each)
    cross, talk = {EMOTIONS.index("anger"), EMOTIONS.index("disgust")}, emotion(source)
    out += [Example(e.text, (), 0.3) for e in talk if not cross & set(e.labels) and len(e.text) > 20][:12_000]
    return out + [Example(e.text, (0, -2), 0.2) for e in talk if cross & set(e.labels)]


def judged(source: Source) -> Iterator[tuple[Example, str]]:
    """Posts that people judged, and of which set each is: offensive 0, hate 1."""
    labels = {"neither": (), "offensive": (0,), "hate": (0, 1)}
    for row in source.rows("davidson_hate_offensive.tsv"):
        if row["label"] in labels:
            yield Example(row["text"], labels[row["label"]]), "davidson"
    for row in source.quoted("surge_toxicity.tsv"):
        if row.get("is_toxic", row.get("label")) in {"Toxic", "Not Toxic"}:
            yield Example(row["text"], (0,) if row.get("is_toxic", row.get("label")) == "Toxic" else (), 3.0), "surge"


def is_held_out(text: str) -> bool:
    """Every tenth text, by its hash: the same text is always on the same side."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 10 == 0


def spam(source: Source) -> list[Example]:
    """spam 0; ordinary posts of other sets are not."""
    out = [
        Example(r["text"], (0,) if r["label"] == "spam" else ())
        for r in source.rows("sms_spam_uci.tsv")
        if r["label"] in {"ham", "spam"}
    ]
    for name in (
        "tse_tweet_sentiment.tsv",
        "goemotions_train.tsv",
        "banking77_train.tsv",
        "bitext_customer_service.tsv",
    ):
        out += [Example(r.get("text") or r.get("utterance", ""), ()) for r in source.rows(name)[:4000]]
    return out


def language(source: Source, split: str = "train") -> list[tuple[str, str]]:
    """Texts and the BCP 47 code of their language."""
    out = []
    for pattern in (f"brighter/*_{split}.tsv", f"afrisenti/*_{split}.tsv"):
        for name in source.names(pattern):
            code = LANGUAGES[Path(name).name.split("_")[0]]
            if not (pattern.startswith("afrisenti") and code not in {"ts", "tw", "pt"}):
                out += [(row["text"], code) for row in source.rows(name) if row["text"]]
    if split == "train":
        for name, column in (
            ("tse_tweet_sentiment.tsv", "text"),
            ("goemotions_train.tsv", "text"),
            ("banking77_train.tsv", "text"),
        ):
            out += [(row[column], "en") for row in source.rows(name)[:4000] if row[column]]
        out += [*messages(source), *spoken(source), *latin_hindi(source)]
    return out


def messages(source: Source) -> list[tuple[str, str]]:
    """Sentences of translated programs (`phrases/`), for languages of which there are no posts."""
    out = []
    for path in sorted(PHRASES.glob("*.txt")):
        code = {"pt-BR": "pt", "zh-Hans": "zh"}.get(path.stem, path.stem)
        out += [(line, code) for line in source.own(path).splitlines() if line]
    return out


def spoken(source: Source, each: int = 500) -> list[tuple[str, str]]:
    """What people say rather than programs: stretches of the words of `phrases/spoken.tsv`, begun anywhere."""
    out = []
    for line in source.own(PHRASES / "spoken.tsv").splitlines():
        code, said = line.split("\t")
        words, chance = said.split(), random.Random(code)  # noqa: S311 - the same each time is what is wanted
        for _ in range(each):
            at, length = chance.randrange(len(words)), chance.randint(2, 7)
            other = chance.randrange(len(words))
            out.append((" ".join(words[at : at + length] + words[other : other + length]), code))
    return out


def latin_hindi(source: Source) -> list[tuple[str, str]]:
    """Hindi in Latin letters, three spellings of each row; every fifth with the beginning of an English post after it."""
    english = source.rows("tse_tweet_sentiment.tsv")
    out = []
    for at, row in enumerate(source.rows("brighter/hin_train.tsv")):
        for number in range(3):
            text = romanise.romanised(row["text"], number)
            if (at + number) % 5 == 0:
                words = english[at]["text"].split()
                text = f"{text} {' '.join(words[: max(2, len(text.split()) // 2)])}"
            out.append((text, "hi-Latn"))
    return out


def texts_of(examples: Sequence[Example]) -> list[str]:
    """The texts alone."""
    return [example.text for example in examples]

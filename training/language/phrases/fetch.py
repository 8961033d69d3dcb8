"""Sentences of many languages, copied from the translated messages of Home Assistant (Apache License 2.0; see NOTICE beside this).

python -m training.language.phrases.fetch homeassistant-2026.11.0-py3-none-any.whl

The wheel comes from the package index by its ordinary client (`pip download --no-deps homeassistant==2026.11.0`). What is written
depends on the wheel alone: the same wheel gives the same files.
"""

import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent
NEW = ("fr", "it", "nl", "pl", "tr", "ja", "ko", "el", "cs", "da", "fi", "nb", "bg", "hu", "he", "vi", "id", "sk", "ca")
KNOWN = {
    "en": 500,
    "de": 250,
    "es": 250,
    "pt": 150,
    "pt-BR": 150,
    "ru": 250,
    "sv": 250,
    "uk": 250,
    "ro": 250,
    "zh-Hans": 250,
    "ar": 150,
    "af": 150,
}
"""Languages there are posts of: a few messages, lest the manner of speaking be taken for the language."""
WANTED = 900
LONG_ENOUGH = {"ja": 8, "ko": 10, "zh-Hans": 8, "he": 20}
_NO_WORDS = re.compile(r"\{[^{}]*\}|<[^>]*>|https?://\S+|\[[^\]]*\]\([^)]*\)|[`*_#|]|\[%.*?%\]|\\n")
_SENTENCE = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+")


def main() -> None:
    wheel = zipfile.ZipFile(sys.argv[1])
    english = set(sentences(wheel, "en", 12))
    for code, wanted in [(code, WANTED) for code in NEW] + list(KNOWN.items()):
        found = sentences(wheel, code, LONG_ENOUGH.get(code, 25))
        if code != "en":
            found = [each for each in found if each not in english]
        found = sorted(set(found), key=lambda each: (each.count(" ") < 5, hashlib.sha256(each.encode()).digest()))[
            :wanted
        ]
        (FOLDER / f"{code}.txt").write_text("\n".join(found) + "\n")
        print(code, len(found))


def sentences(wheel: zipfile.ZipFile, code: str, shortest: int) -> list[str]:
    """The sentences of a language in the wheel, without what stands in them for something else."""
    names = sorted(each for each in wheel.namelist() if each.endswith(f"/translations/{code}.json"))
    out = []
    for name in names:
        for message in _messages(json.loads(wheel.read(name))):
            for part in _SENTENCE.split(_NO_WORDS.sub(" ", message)):
                plain = " ".join(part.split())
                if shortest <= len(plain) <= 200:
                    out.append(plain)
    return out


def _messages(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        for each in tree.values():
            yield from _messages(each)
    elif isinstance(tree, str):
        yield tree


if __name__ == "__main__":
    main()

"""The audit log speaks in sentences."""

import re
from pathlib import Path

import midchannel
from midchannel.web.settings import trail_words

WRITE = re.compile(r'(?:audit\.record|\bnote)\(\s*[\w.]+,\s*"([a-z_]+\.[a-z_]+)"')


def test_what_is_audited_has_its_words() -> None:
    root = Path(midchannel.__file__).parent
    sources = [path for path in root.rglob("*.py") if "tests" not in path.parts]

    written = {action for path in sources for action in WRITE.findall(path.read_text(encoding="utf-8"))}

    without = sorted(written - set(trail_words.DONE))
    assert len(written) > 50
    assert len(without) < len(written) / 20, f"without words, and shown by their names: {without}"


def test_a_write_without_words_is_shown_by_its_name() -> None:
    assert trail_words.done("new_thing.make") == "new thing: make"

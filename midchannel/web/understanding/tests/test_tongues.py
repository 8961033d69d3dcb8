"""The names of languages."""

from midchannel.middle.signals.actions import correcting
from midchannel.web.understanding import said


def test_every_language_that_is_read_has_a_name_of_its_own() -> None:
    codes = correcting.language_codes()
    names = {said.language_name(code) for code in codes}
    assert len(names) == len(codes)
    assert not names & set(codes)

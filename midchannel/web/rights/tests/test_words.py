"""The words of rights."""

from midchannel.usecases import fates
from midchannel.web.rights import words


def test_a_certificate_has_words_for_every_table_that_an_erasure_reaches() -> None:
    known = words.places()

    assert [table for table in fates.FATES if fates.holds_people(table) and table not in known] == []

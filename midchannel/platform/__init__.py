"""Tools without business words: each could serve another product."""

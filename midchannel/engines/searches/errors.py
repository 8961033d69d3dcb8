"""What is wrong with a query, and where."""


class QueryError(ValueError):
    """A query cannot be understood: `code` says what is wrong at `at` (`length` characters), `found` what stands there.

    Codes: empty, too_long, too_many, open_quote, open_bracket, close_bracket, nothing_between, dangling, near_side, near_distance,
    unknown_field, bad_value, only_exclusions, short_prefix, no_word, too_deep.
    """

    def __init__(self, code: str, at: int = 0, length: int = 0, found: str = "") -> None:
        self.code = code
        self.at = at
        self.length = length
        self.found = found
        super().__init__(f"{code} at {at}: {found}")

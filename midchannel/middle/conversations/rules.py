"""Pure rules about threads."""

SNIPPET = 140


def snippet_of(text: str) -> str:
    """The line under a name in the list: the beginning of the text on one line."""
    return " ".join(text[: 2 * SNIPPET].split())[:SNIPPET]

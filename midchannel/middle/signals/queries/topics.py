"""The company's topics."""

from midchannel.platform.database.bulk import fetch


def list_topic_names() -> list[str]:
    """Their names, in order. Everybody of the company may know them."""
    return [
        name for (name,) in fetch("SELECT name FROM signal_topic WHERE ended_at IS NULL ORDER BY lower(name) LIMIT 500")
    ]


def list_topics() -> list[tuple[int, str]]:
    """Their numbers and names, in order of names."""
    return fetch("SELECT id, name FROM signal_topic WHERE ended_at IS NULL ORDER BY lower(name) LIMIT 500")

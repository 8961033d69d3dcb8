"""What a document says about its actor: a flat object of fields, checked; and what a server's own profile says, as such fields."""

from typing import Any

from midchannel.outside.channels.vocabulary import Actor, Object
from midchannel.platform.richtext.plain import to_plain

MAX_FIELDS = 200
MAX_NAME = 100
MAX_VALUE = 4_000
MAX_VALUES = 50

WHO = frozenset({"Person", "Organization", "Group", "Service", "Application"})
ORGANISATIONS = frozenset({"Organization", "Group"})


def clean(attributes: dict[str, Any]) -> dict[str, Any]:
    """Fields with a value, trimmed: a text, a number, or a list of texts. Raises ValueError, with the field and the remedy, for others."""
    if len(attributes) > MAX_FIELDS:
        raise ValueError(f"mc:attributes has {len(attributes):,} fields; send at most {MAX_FIELDS}")
    kept: dict[str, Any] = {}
    for name, value in attributes.items():
        if not 0 < len(name) <= MAX_NAME:
            raise ValueError(f"a field's name has {len(name):,} characters: give one to {MAX_NAME}")
        values = [_scalar(name, each) for each in value] if isinstance(value, list) else [_scalar(name, value)]
        filled = [each for each in values if each not in (None, "")]
        if len(filled) > MAX_VALUES:
            raise ValueError(f"{name!r} has {len(filled):,} values; send at most {MAX_VALUES}")
        if filled:
            kept[name] = filled if isinstance(value, list) and len(filled) > 1 else filled[0]
    return kept


def _scalar(name: str, value: object) -> str | int | float | None:
    if isinstance(value, str):
        if len(value) > MAX_VALUE:
            raise ValueError(f"{name!r} has {len(value):,} characters; send at most {MAX_VALUE:,}")
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, int | float):
        return value
    raise ValueError(
        f"{name!r} is {type(value).__name__}: give a text, a number or a list of texts, one field for each thing"
    )


def of_server(said: Object) -> dict[str, Any]:
    """What another server's `Update` of a person says, as fields: the summary is their biography."""
    told: dict[str, Any] = {}
    if said.summary:
        told["biography"] = to_plain(said.summary)[:MAX_VALUE]
    return told


def is_organisation(actor: Actor, said: Object) -> bool:
    """Whether the profile is an organisation's."""
    return actor.type in ORGANISATIONS or said.type in ORGANISATIONS

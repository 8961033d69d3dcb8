"""Events in plain words, as plans in YAML name them: `find_parcel completes`, `file parcel is updated`, `value amount changes`."""

from midchannel.engines.casework import checking, plan

ITEM = {
    "create": "is created",
    "enable": "is offered",
    "start": "starts",
    "manualStart": "is started",
    "disable": "is set aside",
    "reenable": "is offered again",
    "complete": "completes",
    "terminate": "is cancelled",
    "exit": "leaves",
    "fault": "fails",
    "reactivate": "is taken up again",
    "suspend": "is suspended",
    "resume": "resumes",
    "parentSuspend": "is suspended with its stage",
    "parentResume": "resumes with its stage",
    "occur": "happens",
    "parentTerminate": "ends with its stage",
    "close": "is closed",
}
FILE = {
    "create": "is created",
    "update": "is updated",
    "replace": "is replaced",
    "delete": "is deleted",
    "addChild": "gets a part",
    "removeChild": "loses a part",
    "addReference": "gets a reference",
    "removeReference": "loses a reference",
}
VALUE = {"create": "is set", "update": "changes", "delete": "is removed"}
_TABLES = {plan.Source.ITEM: ITEM, plan.Source.FILE: FILE, plan.Source.VARIABLE: VALUE}
_PREFIXES = {"file": plan.Source.FILE, "value": plan.Source.VARIABLE}


def write(part: plan.OnPart) -> str:
    """An on-part in words; read back it is the same."""
    prefix = {plan.Source.FILE: "file ", plan.Source.VARIABLE: "value "}.get(part.kind, "")
    said = f"{prefix}{part.source} {_TABLES[part.kind].get(part.event, part.event)}"
    return f"{said} by {part.exit_criterion}" if part.exit_criterion else said


def event_words(part: plan.OnPart) -> str:
    """Only the event of an on-part in words: `completes`."""
    return _TABLES[part.kind].get(part.event, part.event)


def read(text: str) -> plan.OnPart:
    """What a phrase says. Raises `ValueError` with what was probably meant."""
    words = text.split()
    kind = _PREFIXES.get(words[0], plan.Source.ITEM) if len(words) > 2 else plan.Source.ITEM
    if kind is not plan.Source.ITEM:
        words = words[1:]
    if len(words) < 2:
        raise ValueError(f"{text!r} names no event. One reads `{text.strip() or 'some_task'} completes`.")
    source, rest = words[0], words[1:]
    by = None
    if len(rest) >= 3 and rest[-2] == "by":
        by, rest = rest[-1], rest[:-2]
    said = " ".join(rest)
    table = _TABLES[kind]
    event = next((name for name, words_for in table.items() if said in {name, words_for}), None)
    if event is None:
        hint = checking.near(said, table.values()) or f"It can be one of: {', '.join(table.values())}."
        raise ValueError(f"{text!r}: {said!r} is no event. {hint}")
    return plan.OnPart(kind, source, event, by)

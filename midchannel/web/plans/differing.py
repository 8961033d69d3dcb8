"""How two versions of a plan differ, in plain words: what is new, what is gone, what is otherwise and how."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from midchannel.web.plans.outline import Entry, Line, Outline


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that is said otherwise now; `before` or `after` is empty where nothing was said."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Altered:
    """An item that is in both, with what is said otherwise."""

    entry: Entry
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions side by side."""

    plan: tuple[Changed, ...]
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    altered: tuple[Altered, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether they mean the same."""
        return not (self.plan or self.added or self.removed or self.altered)


def between(before: Outline, after: Outline) -> Difference:
    """How one outline differs from another. An item that went to another stage is the same item in another place."""
    old, new = {each.key: each for each in before.entries}, {each.key: each for each in after.entries}
    gone = {each.id: each for key, each in old.items() if key not in new}
    came = {each.id: each for key, each in new.items() if key not in old}
    moved = {name for name in gone.keys() & came.keys() if gone[name].kind == came[name].kind}
    altered = []
    for key, entry in new.items():
        earlier = old.get(key) or (gone[entry.id] if entry.id in moved else None)
        if earlier is not None and (changes := _changes(earlier, entry, before, after)):
            altered.append(Altered(entry, tuple(changes)))
    return Difference(
        tuple(_plan_changes(before, after)),
        tuple(each for name, each in came.items() if name not in moved),
        tuple(each for name, each in gone.items() if name not in moved),
        tuple(altered),
    )


def _plan_changes(before: Outline, after: Outline) -> list[Changed]:
    pairs = [
        (_("Title"), before.title, after.title),
        (_("About"), before.about, after.about),
        (_("Roles"), ", ".join(before.roles), ", ".join(after.roles)),
        (_("Case file"), ", ".join(before.files), ", ".join(after.files)),
    ]
    found = [Changed(label, one, other) for label, one, other in pairs if one != other]
    return found + _line_changes(before.lines, after.lines)


def _changes(one: Entry, other: Entry, before: Outline, after: Outline) -> list[Changed]:
    pairs = [
        (_("Title"), one.title, other.title),
        (_("Kind"), one.kind_word, other.kind_word),
        (_("Place"), _place(one, before), _place(other, after)),
        (_("About"), one.about, other.about),
        (_("Who"), one.who, other.who),
        (_("Needed"), _("always") if one.is_required else "", _("always") if other.is_required else ""),
    ]
    found = [Changed(label, first, second) for label, first, second in pairs if first != second]
    return found + _line_changes(one.lines, other.lines)


def _line_changes(before: tuple[Line, ...], after: tuple[Line, ...]) -> list[Changed]:
    old, new = {each.aspect: each for each in before}, {each.aspect: each for each in after}
    found = []
    for aspect in dict.fromkeys([*old, *new]):
        one, other = old.get(aspect), new.get(aspect)
        first, second = one.words if one else "", other.words if other else ""
        if first != second:
            label = (other or one).label  # type: ignore[union-attr]
            found.append(Changed(label, first, second))
    return found


def _place(entry: Entry, outline: Outline) -> str:
    above = entry.key.rpartition("/")[0]
    return next((each.title for each in outline.entries if each.key == above), _("the case itself"))

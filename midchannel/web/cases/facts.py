"""What an item needs at that moment: the data that its plan names under `show`, taken from the customer and the case file."""

from collections.abc import Callable
from functools import cached_property

from django.utils.translation import gettext as _

from midchannel.platform.accounts.queries import Viewer
from midchannel.web.cases import wording
from midchannel.web.cases.opening import Opened
from midchannel.web.cases.records import Block, Line


class Facts:
    """The blocks of one case, each read once and only when an item wants it."""

    def __init__(self, viewer: Viewer, opened: Opened) -> None:
        self.viewer, self.opened = viewer, opened
        self._found: dict[str, Block] = {}

    def blocks(self, names: tuple[str, ...]) -> tuple[Block, ...]:
        """What a plan names, in its order."""
        return tuple(self.block(each) for each in names)

    def block(self, name: str) -> Block:
        """One kind of data."""
        if name not in self._found:
            self._found[name] = PROVIDERS.get(name, of_file)(self, name)
        return self._found[name]

    @cached_property
    def values(self) -> dict[str, object]:
        """What the case knows."""
        return self.opened.page.detail.values


def of_file(facts: Facts, name: str) -> Block:
    """What the case itself knows under a name: a value, those whose names begin with it, and how many such things are in its file."""
    own = [(key, value) for key, value in facts.values.items() if key == name or key.startswith(f"{name}_")]
    lines = [Line(label=wording.name_of(key), value=wording.shown(value)) for key, value in own]
    title = next((each.title for each in facts.opened.page.files if each.id == name), wording.name_of(name))
    return Block(name=name, title=title, icon="file-text", lines=tuple(lines), empty=_("Nothing is noted yet."))


Provider = Callable[[Facts, str], Block]
PROVIDERS: dict[str, Provider] = {}

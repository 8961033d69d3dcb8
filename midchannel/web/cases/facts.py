"""What an item needs at that moment: the data that its plan names under `show`, taken from the customer and the case file.

`facts_of_people` knows what is read from the customer, `facts_of_work` what is read from conversations and cases. A name that neither knows
shows what the case itself has noted under it.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _

from midchannel.middle.conversations import queries as conversations
from midchannel.middle.conversations.queries import MessageItem
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.queries import CustomerDetail
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import NotFoundError
from midchannel.web.cases import wording
from midchannel.web.cases.opening import Opened
from midchannel.web.cases.records import Block, Line
from midchannel.web.customers import tabs

Provider = Callable[["Facts", str], Block]
PROVIDERS: dict[str, Provider] = {}
TALKS, WINDOW = 3, 30


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

    @property
    def now(self) -> datetime:
        """The present, once for the page."""
        return self.opened.now

    @property
    def values(self) -> dict[str, object]:
        """What the case knows."""
        return self.opened.page.detail.values

    @property
    def conversation_ids(self) -> tuple[int, ...]:
        """The case's conversations that the viewer may see."""
        return self.opened.page.detail.conversation_ids

    @cached_property
    def messages(self) -> list[tuple[int, MessageItem]]:
        """The last messages of the case's first conversations, the newest first, each with its conversation."""
        found: list[tuple[int, MessageItem]] = []
        for each in self.conversation_ids[:TALKS]:
            window = conversations.list_messages(self.viewer, each, limit=WINDOW)
            found += [(each, message) for message in window.items]
        return sorted(found, key=lambda pair: pair[1].at, reverse=True)

    @cached_property
    def customer(self) -> CustomerDetail | None:
        """Whom it is about, when the viewer may see them."""
        known = self.opened.customer
        try:
            return customers.get_customer(self.viewer, known.customer_id) if known else None
        except NotFoundError:
            return None

    def href(self, address: str) -> str:
        """A page of the customer, where there is one."""
        return reverse(address, args=[self.customer.id]) if self.customer and tabs.exists(address) else ""


def noted(facts: Facts, name: str) -> list[Line]:
    """What the case has noted under a name, and under names that begin with it."""
    own = [(key, value) for key, value in facts.values.items() if key == name or key.startswith(f"{name}_")]
    return [Line(label=wording.name_of(key), value=wording.shown(value)) for key, value in own]


def of_file(facts: Facts, name: str) -> Block:
    """What the case itself knows under a name, and how many such things are in its file."""
    lines = noted(facts, name)
    filed = next((each for each in facts.opened.page.files if each.id == name), None)
    if filed is not None and filed.count:
        lines.append(Line(label=_("In the case file"), value=wording.shown(filed.count)))
    title = filed.title if filed else wording.name_of(name)
    return Block(name=name, title=title, icon="file-text", lines=tuple(lines), empty=_("Nothing is noted yet."))

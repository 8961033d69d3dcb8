"""From a message to documents: who did what, what is known of them, and what it is evidence for. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from midchannel.outside.channels.port import KnownOrder
from midchannel.outside.channels.vocabulary import Actor, Document, Identifier, Object, Provenance, Tie, encode
from midchannel.outside.networks.tracking import orders, places, traits
from midchannel.outside.networks.tracking.messages import Message
from midchannel.outside.networks.tracking.settings import Settings

TRUST_OF_SERVERS, TRUST_OF_PAGES = 70, 40
MAX_PROPERTIES = 60
MAX_TEXT = 500
MAX_URL = 2_000
NOT_SOURCE = frozenset({"writeKey", "integrations"})
CONSENT_EVENT = "segment consent preference updated"
CAMPAIGN = ("name", "source", "medium", "term", "content")


def address_of(space: str, kind: str, identifier: str) -> str:
    """The address of a handle: `shop/user/4711`, `shop/visitor/...`, `shop/group/...`."""
    return f"{space}/{kind}/{identifier}"


class Speaker:
    """Translates one message. `address` is whose handle it belongs to: the user's, else the visitor's, else the group's; "" nobody's."""

    def __init__(self, message: Message, settings: Settings) -> None:
        self.message, self.settings = message, settings
        space = settings.space
        self.user = address_of(space, "user", message.user_id) if message.user_id else ""
        self.visitor = address_of(space, "visitor", message.anonymous_id) if message.anonymous_id else ""
        self.address = self.user or self.visitor
        self.consent = consent_of(message, settings)

    def documents(self, known: Mapping[str, KnownOrder]) -> list[bytes]:
        """The documents of a message, one or, of a group, two."""
        message = self.message
        if message.type == "identify":
            return [self._profile()]
        if message.type == "group":
            return self._group()
        if message.type == "alias":
            return [self._alias()]
        if message.type == "track":
            state = orders.state_of(message.name)
            return [self._order(state, known) if state else self._event(message.name)]
        return [self._visit()]

    def _actor(self, **told: Any) -> Actor:
        return Actor(id=self.address, **told)

    def _finish(self, document: Document, data: dict[str, Any]) -> bytes:
        """What every document of a message has: when, what it says of the device, consent and place, and the message itself."""
        message = self.message
        if self.user and self.visitor:
            data["device"] = self.visitor
        if self.consent:
            data["consent"] = self.consent
        if place := places.of_context(message.context):
            data["place"] = place
        document.published = message.at
        document.data = data or None
        document.audience = "private"
        document.source = {key: value for key, value in message.raw.items() if key not in NOT_SOURCE}
        return encode(document)

    def _profile(self) -> bytes:
        message = self.message
        told = traits.of_person(message.traits)
        says_who = bool(self.user) or any(
            told.get(field) for field in ("email", "phone", "full_name", "customer_number")
        )
        actor = self._actor(
            name=_name_of(told),
            attributes=told,
            identifiers=self._identifiers(told),
            provenance=self._provenance(),
        )
        document = Document(
            type="Update", actor=actor, object=Object(id=message.message_id, type="Person"), addressed=says_who
        )
        return self._finish(document, {})

    def _identifiers(self, told: dict[str, Any]) -> list[Identifier]:
        """What names them elsewhere. Only what the company's own servers say counts as proven: anybody can read a page's key."""
        proven = self.settings.is_trusted
        found = [
            Identifier(type_, str(value), proven)
            for type_ in ("email", "phone")
            for value in _list_of(told.get(type_))[:5]
        ]
        number = told.get("customer_number")
        if self.settings.ids_are_customer_numbers and self.message.user_id:
            number = self.message.user_id
        if number:
            found.append(Identifier("customer_number", str(number), proven))
        return found

    def _provenance(self) -> Provenance:
        trust = TRUST_OF_SERVERS if self.settings.is_trusted else TRUST_OF_PAGES
        return Provenance(kind="tracked", trust=trust, is_partial=True)

    def _group(self) -> list[bytes]:
        """What is known of the organisation; and, of a known user, that they belong to it."""
        message = self.message
        group = address_of(self.settings.space, "group", message.group_id)
        told = traits.of_organisation(message.traits)
        organisation = Actor(
            id=group,
            type="Organization",
            name=_name_of(told) or message.group_id,
            attributes=told,
            provenance=self._provenance(),
        )
        about = Document(
            type="Update", actor=organisation, object=Object(id=f"{message.message_id}:group", type="Organization")
        )
        made = [self._finish(about, {})]
        if self.user:
            role = message.traits.get("role")
            tie = Tie(group, role=role[:100] if isinstance(role, str) else "")
            person = self._actor(attributes={}, ties=[tie], provenance=self._provenance())
            belongs = Document(type="Update", actor=person, object=Object(id=message.message_id, type="Person"))
            made.append(self._finish(belongs, {}))
        return made

    def _alias(self) -> bytes:
        """Somebody says that two ids are one person: kept as what was said, and looked at when it is filed."""
        space, previous = self.settings.space, self.message.previous_id
        told = {
            "user": address_of(space, "user", previous),
            "visitor": address_of(space, "visitor", previous),
            "is_proven": self.settings.is_trusted,
        }
        return self._finish(self._activity("mc:Event", "alias"), {"event": "alias", "alias": told})

    def _event(self, name: str) -> bytes:
        data: dict[str, Any] = {"event": name}
        if properties := _flat_of(self.message.properties):
            data["properties"] = properties
        return self._finish(self._activity("mc:Event", name), data)

    def _activity(self, type_: str, text: str) -> Document:
        said = Object(type="Page" if type_ == "View" else "mc:Event", content=text[:MAX_TEXT], media_type="text/plain")
        return Document(
            type=type_, id=self.message.message_id, actor=self._actor(), object=said, addressed=bool(self.user)
        )

    def _visit(self) -> bytes:
        """A page or a screen. What it is called is its name, its title, or the end of its address."""
        message = self.message
        page = message.context.get("page")
        page = {**(page if isinstance(page, dict) else {}), **message.properties}
        url = _line(page.get("url"), MAX_URL)
        path = _line(page.get("path"), MAX_URL) or _path_of(url)
        title = message.name or _line(page.get("title") or page.get("name"), MAX_TEXT)
        data: dict[str, Any] = {"page": message.type, "url": url, "path": path, "title": title}
        data["referrer"] = _line(page.get("referrer"), MAX_URL)
        data["category"] = _line(message.raw.get("category") or page.get("category"), MAX_TEXT)
        campaign = message.context.get("campaign")
        if isinstance(campaign, dict):
            data["campaign"] = {key: found for key in CAMPAIGN if (found := _line(campaign.get(key), MAX_TEXT))}
        return self._finish(
            self._activity("View", title or path or url or message.type), {k: v for k, v in data.items() if v}
        )

    def _order(self, state: str, known: Mapping[str, KnownOrder]) -> bytes:
        """An order is one, whatever is said of it later: its number names it, and what is said later is a version.

        The order of a page that was loaded twice is the same order. Money given back is kept by message, so that none counts twice.
        """
        message = self.message
        data = orders.data_of(message.properties, state)
        number = data.get("number")
        external_id = order_id(number) if number else message.message_id
        before = known.get(external_id)
        _settle(data, state, before, message.message_id)
        actor = self._actor()
        if before is not None and before.address and self.settings.is_trusted:
            actor = Actor(id=before.address)
        total = f"{data['total']:.2f} {data.get('currency', '')}".strip() if "total" in data else ""
        said = Object(
            id=external_id,
            type="mc:Order",
            content=", ".join(filter(None, (number, total))) or message.name,
            media_type="text/plain",
        )
        document = Document(
            type="Create", actor=actor, object=said, addressed=bool(self.user) or actor.id != self.address
        )
        if state != "completed":
            document.updated = message.original_at
        return self._finish(document, data)


def order_id(number: str) -> str:
    """The id under which everything about one order of a channel is known."""
    return f"order:{number}"


def _settle(data: dict[str, Any], state: str, before: KnownOrder | None, message_id: str) -> None:
    """What an order is worth after what was given back. `ordered` is what it was worth, `refunds` what went back by which message."""
    then = before.data if before else {}
    refunds = dict(then["refunds"]) if isinstance(then.get("refunds"), dict) else {}
    if state in {"refunded", "cancelled"}:
        ordered = then.get("ordered", then.get("total"))
        for key in ("number", "currency", "lines"):
            if key in then:
                data[key] = then[key]
        given_back = data.get("total")
        if state == "cancelled" or given_back is None or ordered is None:
            given_back = ordered
        refunds[message_id] = given_back
    else:
        ordered = data.get("total")
    if ordered is not None:
        data["ordered"] = ordered
    if refunds:
        data["refunds"] = refunds
        back = sum(amount for amount in refunds.values() if isinstance(amount, int | float))
        data["total"] = max(0, round((ordered or 0) - back, 4))


def consent_of(message: Message, settings: Settings) -> dict[str, Any]:
    """What the person allowed as this message tells it: by purpose, and in the words of the company's consent tool."""
    told = message.context.get("consent")
    if told is None and message.name.casefold() == CONSENT_EVENT:
        told = message.properties.get("consent")
    categories = told.get("categoryPreferences") if isinstance(told, dict) else None
    if not isinstance(categories, dict):
        return {}
    said = {str(name)[:100]: value for name, value in list(categories.items())[:50] if isinstance(value, bool)}
    purposes: dict[str, bool] = {}
    for name, value in said.items():
        if purpose := settings.purpose_of(name):
            purposes[purpose] = value and purposes.get(purpose, True)
    return {"said": said, "purposes": purposes} if said else {}


def _name_of(told: dict[str, Any]) -> str | None:
    whole = told.get("full_name")
    if not isinstance(whole, str):
        whole = " ".join(str(told[part]) for part in ("given_name", "family_name") if told.get(part))
    return whole[:200] or None


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value not in (None, "") else []


def _line(value: object, most: int) -> str:
    return value.strip()[:most] if isinstance(value, str) else ""


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _flat_of(properties: dict[str, Any]) -> dict[str, Any]:
    """The properties that are a text, a number or a truth; the rest stays in the message itself."""
    kept: dict[str, Any] = {}
    for name, value in properties.items():
        if isinstance(value, str):
            kept[name[:100]] = value[:MAX_TEXT]
        elif isinstance(value, bool | int | float):
            kept[name[:100]] = value
        if len(kept) >= MAX_PROPERTIES:
            break
    return kept

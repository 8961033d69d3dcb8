"""Which networks there are. `config/wiring.py` fills it when the program starts; nobody else names a concrete network."""

from dataclasses import dataclass

from midchannel.outside.channels.boxes import Box
from midchannel.outside.channels.errors import UnknownNetworkError
from midchannel.outside.channels.port import Adapter, Translator

SILO = "silo:"

_adapters: dict[str, Adapter] = {}
_boxes: dict[str, Box] = {}


@dataclass(frozen=True, slots=True)
class Pushed:
    """A network that is pushed to us, without an adapter: its channels take documents by a token and cannot answer."""

    network: str
    is_public: bool


PUSHED = {"collector": Pushed("collector", is_public=False), "telephone": Pushed("telephone", is_public=False)}

_translators: dict[str, Translator] = {}


def register_translator(translator: Translator) -> None:
    """Make a network known that is pushed to us in a language of its own."""
    _translators[translator.network] = translator
    PUSHED[translator.network] = Pushed(translator.network, is_public=translator.is_public)


def get_translator(network: str) -> Translator | None:
    """Who understands what is pushed to a network; None when its documents are ours already."""
    return _translators.get(network)


def list_translated() -> list[str]:
    """The networks that are pushed to us in a language of their own."""
    return sorted(_translators)


def register(adapter: Adapter) -> None:
    """Make a network known."""
    _adapters[adapter.network] = adapter


def is_silo(network: str) -> bool:
    """Whether it is a business system that is read in (outside/silos): "silo:" and its name. Nothing is sent there."""
    return network.startswith(SILO)


def get_adapter(network: str) -> Adapter | None:
    """The adapter of a network; None for those that are pushed to us, and for silos. Raises UnknownNetworkError."""
    if is_silo(network):
        return None
    if network not in _adapters and network not in PUSHED:
        raise UnknownNetworkError(
            f"There is no network {network[:80]!r}. Choose one of: {', '.join(list_networks())}.", "network"
        )
    return _adapters.get(network)


def carries_private(network: str) -> bool:
    """Whether something can be said there that only its recipients see. A public network says so by `carries_private = True`."""
    adapter = get_adapter(network)
    return adapter is not None and bool(getattr(adapter, "carries_private", not adapter.is_public))


def list_networks() -> list[str]:
    """Every kind of channel that can be opened, by name."""
    return sorted({*_adapters, *PUSHED})


def register_box(network: str, box: Box) -> None:
    """Make the inside of a simulated network known."""
    _boxes[network] = box


def has_box(network: str) -> bool:
    """Whether a network is a simulated one."""
    return network in _boxes


def get_box(network: str = "simulator") -> Box:
    """The inside of a simulated network: what its page shows, and what the demo company fills."""
    if network not in _boxes:
        raise UnknownNetworkError(f"There is no simulated network {network[:80]!r}.", "network")
    return _boxes[network]

"""When the program starts, in every process: settle the logs and make the networks known."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "midchannel.config"
    label = "config"

    def ready(self) -> None:
        """Wire, once every room is loaded."""
        from midchannel.config import logs, wiring

        logs.configure()
        wiring.connect_networks()

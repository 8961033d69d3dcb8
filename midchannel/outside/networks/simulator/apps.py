from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    name = "midchannel.outside.networks.simulator"
    label = "network_simulator"

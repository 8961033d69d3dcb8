from django.apps import AppConfig


class SilosConfig(AppConfig):
    name = "midchannel.outside.silos"
    label = "silos"

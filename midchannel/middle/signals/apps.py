from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "midchannel.middle.signals"
    label = "signals"

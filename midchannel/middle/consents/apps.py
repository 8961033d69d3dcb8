from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "midchannel.middle.consents"
    label = "consents"

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "midchannel.platform.imports"
    label = "imports"

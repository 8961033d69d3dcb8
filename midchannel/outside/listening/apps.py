from django.apps import AppConfig


class ListeningConfig(AppConfig):
    name = "midchannel.outside.listening"
    label = "listening"

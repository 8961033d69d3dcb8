from django.apps import AppConfig


class SwarmsConfig(AppConfig):
    name = "midchannel.inside.swarms"
    label = "swarms"

from django.apps import AppConfig


class ImprovementsConfig(AppConfig):
    name = "midchannel.inside.improvements"
    label = "improvements"

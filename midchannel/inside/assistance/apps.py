from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "midchannel.inside.assistance"
    label = "assistance"

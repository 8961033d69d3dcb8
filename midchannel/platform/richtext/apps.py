from django.apps import AppConfig


class RichtextConfig(AppConfig):
    name = "midchannel.platform.richtext"
    label = "richtext"

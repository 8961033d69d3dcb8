from django.apps import AppConfig


class WorthConfig(AppConfig):
    name = "midchannel.insight.worth"
    label = "worth"

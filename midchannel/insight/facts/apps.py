from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "midchannel.insight.facts"
    label = "facts"

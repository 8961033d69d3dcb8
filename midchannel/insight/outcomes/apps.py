from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "midchannel.insight.outcomes"
    label = "outcomes"

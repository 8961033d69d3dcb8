from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "midchannel.middle.cases"
    label = "cases"

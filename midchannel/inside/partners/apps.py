from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "midchannel.inside.partners"
    label = "partners"

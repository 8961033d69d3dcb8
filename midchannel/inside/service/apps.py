from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "midchannel.inside.service"
    label = "service"

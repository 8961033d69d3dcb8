from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "midchannel.outside.networks.email"
    label = "network_email"

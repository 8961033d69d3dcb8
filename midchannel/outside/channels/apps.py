from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "midchannel.outside.channels"
    label = "channels"

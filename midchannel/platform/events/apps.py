from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "midchannel.platform.events"
    label = "events"

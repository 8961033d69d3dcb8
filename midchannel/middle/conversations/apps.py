from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "midchannel.middle.conversations"
    label = "conversations"

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "midchannel.middle.documents"
    label = "documents"

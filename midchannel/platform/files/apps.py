from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "midchannel.platform.files"
    label = "files"

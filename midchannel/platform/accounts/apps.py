from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "midchannel.platform.accounts"
    label = "accounts"

from django.apps import AppConfig


class SocialConfig(AppConfig):
    name = "midchannel.insight.social"
    label = "social"

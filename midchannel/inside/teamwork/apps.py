from django.apps import AppConfig


class TeamworkConfig(AppConfig):
    name = "midchannel.inside.teamwork"
    label = "teamwork"

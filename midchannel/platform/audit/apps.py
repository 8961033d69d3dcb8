from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "midchannel.platform.audit"
    label = "audit"

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "midchannel.platform.idempotency"
    label = "idempotency"

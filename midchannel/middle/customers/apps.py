from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "midchannel.middle.customers"
    label = "customers"

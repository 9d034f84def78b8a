from django.apps import AppConfig


class EventStoreConfig(AppConfig):
    name = "loyalty.eventstore"
    label = "eventstore"

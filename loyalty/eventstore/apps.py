from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EventStoreConfig(AppConfig):
    name = "loyalty.eventstore"
    label = "eventstore"

    def ready(self) -> None:
        from loyalty.eventstore.partitions import after_migrate

        post_migrate.connect(after_migrate, sender=self)

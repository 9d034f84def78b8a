from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class EventStoreConfig(AppConfig):
    name = "loyalty.eventstore"
    label = "eventstore"

    def ready(self) -> None:
        from loyalty.eventstore.partitions import after_migrate

        post_migrate.connect(after_migrate, sender=self)
        connection_created.connect(take_arrays)


def take_arrays(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Every connection of Django's takes the store's arrays as parameters."""
    from loyalty.eventstore.arrays import take_arrays as register

    register(connection.connection)

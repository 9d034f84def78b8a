import gc
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

COLLECTED_AFTER = 100_000, 20, 50
"""Python looks for circles after so many new objects, rounds, and rounds of those. A batch makes events by the thousand, none of
them in a circle, and lets go of them in the end: below a batch's own number Python looks through them for nothing."""


class EventStoreConfig(AppConfig):
    name = "loyalty.eventstore"
    label = "eventstore"

    def ready(self) -> None:
        from loyalty.eventstore.partitions import after_migrate

        gc.set_threshold(*COLLECTED_AFTER)
        post_migrate.connect(after_migrate, sender=self)
        connection_created.connect(take_arrays)


def take_arrays(sender: Any, connection: Any, **kwargs: Any) -> None:
    """Every connection of Django's takes the store's arrays as parameters."""
    from loyalty.eventstore.arrays import take_arrays as register

    register(connection.connection)

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from loyalty.eventstore.rewrap import rewrap_keys


def _reseal() -> int:
    from loyalty.staff.factors import reseal_secrets

    return reseal_secrets()


class Command(BaseCommand):
    help = "Puts the keys of all people under the current master key. After it, older master keys may leave the environment."

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        for done in rewrap_keys():
            total += done
            self.stdout.write(f"{total} keys re-wrapped.")
        self.stdout.write(f"{_reseal()} secrets of second factors sealed anew.")
        self.stdout.write("Every key is under the current master key.")

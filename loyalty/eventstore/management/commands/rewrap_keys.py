from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from loyalty.eventstore.rewrap import rewrap_keys


def _reseal() -> tuple[int, int]:
    from loyalty.staff import factors
    from loyalty.webhooks import signing

    return factors.reseal_secrets(), signing.reseal_secrets()


class Command(BaseCommand):
    help = "Puts the keys of all people under the current master key. After it, older master keys may leave the environment."

    def handle(self, *args: Any, **options: Any) -> None:
        total = 0
        for done in rewrap_keys():
            total += done
            self.stdout.write(f"{total} keys re-wrapped.")
        of_factors, of_webhooks = _reseal()
        self.stdout.write(f"{of_factors} secrets of second factors sealed anew.")
        self.stdout.write(f"{of_webhooks} secrets of webhook endpoints sealed anew.")
        self.stdout.write("Every key is under the current master key.")

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class StaffConfig(AppConfig):
    name = "loyalty.staff"
    label = "staff"

    def ready(self) -> None:
        autodiscover_modules("permissions")

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ProjectionsConfig(AppConfig):
    name = "loyalty.projections"
    label = "projections"

    def ready(self) -> None:
        autodiscover_modules("upcasters", "handlers", "projections", "processes", "erasure", "disclosure")

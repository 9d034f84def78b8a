from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "loyalty.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        from loyalty.observability import configure_logging
        from loyalty.tenancy import checks  # noqa: F401  registers the start-up checks

        configure_logging()

from django.apps import AppConfig


class EarningConfig(AppConfig):
    name = "earning"

    def ready(self) -> None:
        from earning import called  # noqa: F401  (it tells the pages)

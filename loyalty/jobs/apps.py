from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "loyalty.jobs"
    label = "jobs"

    def ready(self) -> None:
        from loyalty import celery  # noqa: F401  the tasks of this process are sent to our broker

from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "rewards"

    def ready(self) -> None:
        from rewards.queries import ahead  # noqa: F401  (it tells what points could buy next)

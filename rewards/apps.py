from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "rewards"

    def ready(self) -> None:
        from earning.queries import tell_of_catalogue
        from rewards.queries.ahead import next_reward

        tell_of_catalogue(next_reward)

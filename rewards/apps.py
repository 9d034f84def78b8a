from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "rewards"

    def ready(self) -> None:
        from earning.queries import RewardNames, tell_of_catalogue, tell_of_rewards
        from rewards.queries import instant
        from rewards.queries.ahead import next_reward

        tell_of_catalogue(next_reward)
        tell_of_rewards(RewardNames(instant.called, instant.offered))

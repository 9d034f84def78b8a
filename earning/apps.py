from django.apps import AppConfig


class EarningConfig(AppConfig):
    name = "earning"

    def ready(self) -> None:
        from earning.called import points_of
        from loyalty.house import points

        points.tell_of(points_of)

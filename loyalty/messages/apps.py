from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class MessagesConfig(AppConfig):
    name = "loyalty.messages"
    label = "loyalty_messages"

    def ready(self) -> None:
        autodiscover_modules("refusals", "messages")

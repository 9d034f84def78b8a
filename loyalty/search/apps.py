from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "loyalty.search"
    label = "search"

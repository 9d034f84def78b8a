from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "loyalty.files"
    label = "files"

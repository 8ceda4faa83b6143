from django.apps import AppConfig


class ExplorerConfig(AppConfig):
    name = "portal.explorer"
    label = "explorer"
    verbose_name = "Explorer"

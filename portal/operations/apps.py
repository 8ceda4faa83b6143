from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "portal.operations"
    label = "operations"

    def ready(self) -> None:
        # Loads the Celery application in every process, so that `delay()` finds the right broker everywhere.
        import portal.celery  # noqa: F401

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin with our site in its place."""

    default_site = "portal.admin.Desk"

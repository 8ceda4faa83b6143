"""One kind of page: a stored body, as ours is stored."""

from django.db import models
from wagtail.models import Page


class StoredPage(Page):
    body = models.TextField()
    template = "stored_page.html"

    class Meta:
        app_label = "wagtail_site"

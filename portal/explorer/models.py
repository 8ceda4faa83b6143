"""What readers keep of the explorer: named charts, and charts that an organisation shows on its own sites."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access.models import Organisation


class SavedChart(models.Model):
    """A question under a name of the reader's own. What it shows is read anew each time, as far as its reader may."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_charts")
    name = models.CharField(max_length=120)
    query = models.TextField(help_text="The explorer's address, from the question mark on.")
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["user", "name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_chart_name_once_a_person"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_chart_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class EmbedSite(models.Model):
    """A site on which an organisation may show charts of what it has licensed, such as `intranet.example.com`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="embed_sites")
    domain = models.CharField(max_length=253)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="embed_sites_added"
    )
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["organisation", "domain"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "domain"], name="embed_site_once_an_organisation")
        ]

    def __str__(self) -> str:
        return self.domain


class Embed(models.Model):
    """A chart that an organisation shows on its sites. The key is its address; the organisation's licence its gate."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="embeds")
    key = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=200)
    query = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="embeds_made"
    )
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.title

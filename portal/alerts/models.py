"""What people follow, what they were told of it, and when they are told next."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.explorer.models import SavedChart
from reports.models import Edition, Report


class Pace(models.TextChoices):
    INSTANTLY = "instantly", "At once"
    DAILY = "daily", "Once a day"
    WEEKLY = "weekly", "Once a week"


class Watch(models.Model):
    """That a person wants a letter when what they may read changes: of a report, of a company in any report, of what a
    search finds, or of the numbers in a saved chart."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    report = models.ForeignKey(Report, null=True, blank=True, on_delete=models.CASCADE, related_name="watches")
    company_slug = models.SlugField(max_length=200, blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    search = models.CharField(
        max_length=200, blank=True, db_default="", help_text="The line as it was typed into the search box."
    )
    chart = models.ForeignKey(SavedChart, null=True, blank=True, on_delete=models.CASCADE, related_name="watches")
    pace = models.CharField(max_length=9, choices=Pace, default=Pace.INSTANTLY)
    since = models.DateTimeField()
    looked_at = models.DateTimeField(
        null=True, help_text="Of a search: editions published since then have not been looked at."
    )

    class Meta:
        ordering = ["user", "since"]
        verbose_name_plural = "watches"
        constraints = [
            models.UniqueConstraint(fields=["user", "report"], name="watch_a_report_once"),
            models.UniqueConstraint(fields=["user", "chart"], name="watch_a_chart_once"),
            models.UniqueConstraint(
                fields=["user", "company_slug"], condition=~Q(company_slug=""), name="watch_a_company_once"
            ),
            models.UniqueConstraint(fields=["user", "search"], condition=~Q(search=""), name="watch_a_search_once"),
            models.CheckConstraint(
                condition=Q(report__isnull=False, company_slug="", search="", chart__isnull=True)
                | (Q(report__isnull=True, search="", chart__isnull=True) & ~Q(company_slug=""))
                | (Q(report__isnull=True, company_slug="", chart__isnull=True, looked_at__isnull=False) & ~Q(search=""))
                | Q(report__isnull=True, company_slug="", search="", chart__isnull=False),
                name="watch_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} follows {self.subject}"

    @property
    def kind(self) -> str:
        """What is followed, in a word."""
        if self.report_id:
            return "Report"
        return "Company" if self.company_slug else "Search" if self.search else "Saved chart"

    @property
    def subject(self) -> str:
        """The title of the report, the name of the company or the chart, or the words of the search."""
        if self.report:
            return self.report.title
        return self.company_name or (f"“{self.search}”" if self.search else str(self.chart))


class SeenEdition(models.Model):
    """The edition of a report up to which a watch has been dealt with; none where every edition was withdrawn."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="seen")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="+")
    edition = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["watch", "report"], name="seen_edition_once")]

    def __str__(self) -> str:
        return f"{self.watch} up to {self.edition}"


class Rhythm(models.Model):
    """When a person's watches of one pace are looked at next. The row is the lock under which it is done."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rhythms")
    pace = models.CharField(max_length=9, choices=Pace)
    next_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "pace"], name="rhythm_once_per_pace")]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_pace_display()}, next {self.next_at}"


class Letter(models.Model):
    """One mail about one or more notices. Written when it is sent, from what its reader may read at that moment."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        EMPTY = "empty", "Nothing readable changed"
        FAILED = "failed", "Failed"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letters")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="letter_waiting")]
        constraints = [
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="letter_sent_has_a_time")
        ]

    def __str__(self) -> str:
        return f"Letter to {self.user}, {self.get_state_display()}"


class Notice(models.Model):
    """That a watch is told of an edition once. The constraint is what keeps anybody from being told twice."""

    class Kind(models.TextChoices):
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="notices")
    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=9, choices=Kind)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey(Edition, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["watch", "edition", "kind"], name="notice_once_per_edition")]

    def __str__(self) -> str:
        return f"{self.watch}: {self.edition} {self.kind}"


class PersonalFeed(models.Model):
    """The address of a person's own Atom feed holds this version; raising it makes the old address useless."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="personal_feed")
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"Feed of {self.user}"

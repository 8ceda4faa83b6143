"""How far each draft has come: review, approval, schedule, comments, and when it was last checked."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0005_one_index_for_values"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftCheck",
            fields=[
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft_check",
                        serialize=False,
                        to="reports.report",
                    ),
                ),
                ("checked_at", models.DateTimeField()),
                (
                    "checked_version",
                    models.PositiveBigIntegerField(help_text="The forecast_version of the market at the check."),
                ),
                ("draft_at", models.DateTimeField(help_text="The report's updated_at at the check.")),
                ("problem", models.TextField(blank=True, help_text="Why the check itself failed, in words.")),
            ],
        ),
        migrations.CreateModel(
            name="ReviewComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "place",
                    models.CharField(blank=True, help_text="Where: headline, players, Europe ...", max_length=200),
                ),
                ("body", models.TextField()),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="review_comments", to="reports.report"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": [models.OrderBy(models.F("settled_at"), nulls_first=True), "-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True),
                        name="comment_says_something",
                        violation_error_message="Write something.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Workflow",
            fields=[
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="workflow",
                        serialize=False,
                        to="reports.report",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in-review", "In review"),
                            ("approved", "Approved"),
                            ("scheduled", "Scheduled"),
                        ],
                        default="draft",
                        max_length=9,
                    ),
                ),
                ("submitted_at", models.DateTimeField(null=True)),
                ("due", models.DateField(help_text="The day by which the review is wanted.", null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                (
                    "approved_digest",
                    models.CharField(blank=True, help_text="The digest of the document approved.", max_length=64),
                ),
                ("embargo_until", models.DateTimeField(help_text="Nobody may publish before.", null=True)),
                ("scheduled_at", models.DateTimeField(null=True)),
                (
                    "refusal",
                    models.TextField(
                        blank=True, help_text="Why the last scheduled publication did not happen, in words."
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scheduled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("approve_report", "Can review and approve drafts")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "scheduled")),
                        fields=["scheduled_at"],
                        name="workflow_scheduled_next",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "in-review", "approved", "scheduled"])),
                        name="workflow_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "in-review"]),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                                models.Q(("approved_digest", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="workflow_approved_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "scheduled"), _negated=True),
                            models.Q(("scheduled_at__isnull", False), ("scheduled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="workflow_scheduled_has_time_and_publisher",
                    ),
                ],
            },
        ),
    ]

"""A finding keeps the words of what one click would do about it, where that is safe."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_draft_history")]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="fix",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="What one click would do about it, where it is safe.",
                max_length=400,
            ),
        )
    ]

"""An index by the letters of names, so that a name much like a registered one is found among thousands."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("companies", "0002_draft_history")]

    operations = [
        TrigramExtension(),
        AddIndexConcurrently(
            "companyalias",
            GinIndex(fields=["key"], opclasses=["gin_trgm_ops"], name="company_alias_letters"),
        ),
    ]

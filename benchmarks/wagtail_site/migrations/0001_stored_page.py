"""The two kinds of page."""

from typing import Any

import django.db.models.deletion
import wagtail.fields
from django.db import migrations, models
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock


def _page(name: str, body: "models.Field[Any, Any]") -> migrations.CreateModel:
    parent = models.OneToOneField(
        auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True,
        serialize=False, to="wagtailcore.page",
    )  # fmt: skip
    return migrations.CreateModel(
        name=name, fields=[("page_ptr", parent), ("body", body)], options={"abstract": False},
        bases=("wagtailcore.page",),
    )  # fmt: skip


class Migration(migrations.Migration):
    initial = True

    dependencies = [("wagtailcore", "0040_page_draft_title")]

    operations = [
        _page("StoredPage", models.TextField()),
        _page(
            "ReportPage",
            wagtail.fields.StreamField(
                [
                    ("heading", blocks.CharBlock(template="blocks/heading.html")),
                    ("paragraph", blocks.RichTextBlock()),
                    ("table", TableBlock()),
                    ("chart", blocks.RawHTMLBlock()),
                ]
            ),
        ),
    ]

"""A report as a Wagtail site keeps one: headings, paragraphs, tables and pictures as blocks of a StreamField.

Beside it a page whose body is stored ready-made, which is less than a Wagtail site has to do: the most it could reach.
"""

from django.db import models
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.fields import StreamField
from wagtail.models import Page


class ReportPage(Page):
    body = StreamField(
        [
            ("heading", blocks.CharBlock(template="blocks/heading.html")),
            ("paragraph", blocks.RichTextBlock()),
            ("table", TableBlock()),
            ("chart", blocks.RawHTMLBlock()),
        ]
    )
    template = "report_page.html"

    class Meta:
        app_label = "wagtail_site"


class StoredPage(Page):
    body = models.TextField()
    template = "stored_page.html"

    class Meta:
        app_label = "wagtail_site"

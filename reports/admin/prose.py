"""The desk's editor of prose: rich text with figures after `[[`, in the tags that drafts keep and no others."""

from typing import Any

from django.forms import Media
from django.forms.widgets import Script
from django_prose_editor.widgets import AdminProseEditorWidget

from reports.models.prose import ProseField

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "HTML": True,
    "FigureReferences": True,
}


class ProseWidget(AdminProseEditorWidget):
    """A text area that becomes an editor where scripts run. What it sends is cleaned in the model like all else."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, config={"extensions": EXTENSIONS}, preset="configurable")

    @property
    def media(self) -> Media:
        return super().media + Media(
            css={"all": ["css/prose-editor.css"]},
            js=[Script("js/desk-drafts.js", type="module")],  # type: ignore[list-item]  # the stubs know paths only
        )


PROSE_WIDGETS: dict[Any, Any] = {ProseField: {"widget": ProseWidget}}
"""For `formfield_overrides` of every admin and inline that has prose."""

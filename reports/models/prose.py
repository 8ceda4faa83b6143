"""Prose is stored as HTML and cleaned in the model, whatever door it came in by."""

import re
from typing import Any

import nh3
from django.db import models

ALLOWED_TAGS = {
    "p", "br", "strong", "em", "a", "ul", "ol", "li", "h3", "h4", "blockquote",
    "table", "thead", "tbody", "tr", "th", "td", "sub", "sup",
}  # fmt: skip


# Editors of rich text write every list item and cell as a paragraph, spans of one, and heads as rows among others.
_ONLY_PARAGRAPH = re.compile(
    r"<(li|td|th)([^>]*)>\s*<p>((?:(?!</?p>|</?(?:li|td|th)\b).)*)</p>\s*(?=</\1>|<[uo]l>)", re.S
)
_SPAN_OF_ONE = re.compile(r' (?:col|row)span="1"')
_HEAD_AS_ROW = re.compile(r"<table>\s*<tbody>\s*(<tr>(?:\s*<th[^>]*>(?:(?!</?t[hdr]\b).)*</th>)+\s*</tr>)", re.S)
_NOTHING = re.compile(r"<(?P<tag>\w+)></(?P=tag)>")


def clean_html(html: str) -> str:
    """The same text with every tag and attribute removed that prose has no need of: no script can pass.

    Plain text without any tag is taken as paragraphs separated by blank lines. One text has one form, whether it came
    from the editor or from an import, so that opening and saving it changes no edition.
    """
    cleaned = nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes={"a": {"href", "title"}, "th": {"colspan", "rowspan", "scope"}, "td": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    ).strip()
    cleaned = _ONLY_PARAGRAPH.sub(r"<\1\2>\3", _SPAN_OF_ONE.sub("", cleaned))
    cleaned = _HEAD_AS_ROW.sub(r"<table><thead>\1</thead><tbody>", cleaned).replace("<tbody></tbody>", "")
    if _NOTHING.fullmatch(cleaned):
        return ""
    if cleaned and not cleaned.startswith("<"):
        cleaned = "".join(f"<p>{part.strip()}</p>" for part in cleaned.split("\n\n") if part.strip())
    return cleaned


class ProseField(models.TextField):  # type: ignore[type-arg]
    """A text field that holds clean HTML with figure references such as [[total 2031]]."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = clean_html(getattr(model_instance, self.attname) or "")
        setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        # queryset.update() and bulk_create() pass here too, not through pre_save alone.
        return super().get_db_prep_save(clean_html(value) if isinstance(value, str) else value, connection)

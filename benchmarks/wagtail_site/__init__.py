"""The peer of the report page: a Wagtail site with one page of the same bytes, open to one group of readers."""

"""Makes the site's pages, for signed-in readers, from our page on standard input; prints their sizes and a cookie."""

import json
import os
import sys

SIZE = 60_000

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.wagtail_site.settings"


def main() -> None:
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client
    from wagtail.models import Page, PageViewRestriction

    from benchmarks.wagtail_site.blocks import blocks_of
    from benchmarks.wagtail_site.models import ReportPage, StoredPage

    call_command("migrate", verbosity=0)
    home = Page.objects.get(depth=2)
    html = sys.stdin.read()
    blocks = blocks_of(html)
    client = Client()
    client.force_login(User.objects.create_user("reader"))  # type: ignore[arg-type]  # Wagtail's site has Django's users
    for page in (
        ReportPage(title="Report", slug="report", body=[]),
        ReportPage(title="Report", slug="whole", body=blocks),
        StoredPage(title="Report", slug="stored", body=html),
    ):
        home.add_child(instance=page)
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    page = ReportPage.objects.get(slug="report")
    for count in range(1, len(blocks)):  # as many blocks as make a page of 60 KB
        page.body = blocks[:count]
        page.save()
        if len(client.get("/report/").content) >= SIZE:
            break
    sizes = {}
    for kind, path in (("", "/report/"), ("_whole", "/whole/"), ("_stored", "/stored/")):
        answer = client.get(path)
        assert answer.status_code == 200
        assert Client().get(path).status_code == 302
        sizes[kind] = len(answer.content)
    print(json.dumps({"bytes": sizes, "cookie": client.cookies["sessionid"].value}))


if __name__ == "__main__":
    main()

"""Makes the site's page, for signed-in readers, from the body on standard input; prints a session's cookie."""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.wagtail_site.settings"


def main() -> None:
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client
    from wagtail.models import Page, PageViewRestriction

    from benchmarks.wagtail_site.models import StoredPage

    call_command("migrate", verbosity=0)
    home = Page.objects.get(depth=2)
    page = home.add_child(instance=StoredPage(title="Report", slug="report", body=sys.stdin.read()))
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    client = Client()
    client.force_login(User.objects.create_user("reader"))  # type: ignore[arg-type]  # Wagtail's site has Django's users
    assert client.get("/report/").status_code == 200
    assert Client().get("/report/").status_code == 302
    print(client.cookies["sessionid"].value)


if __name__ == "__main__":
    main()

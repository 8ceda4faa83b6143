"""The roles of the house as Django groups with permissions."""

from django.contrib.auth.models import Group, Permission

EDITING = {"companies", "forecasts", "reports"}
INBOX = {"view_accessrequest", "change_accessrequest"}
ROLES = {
    "Editor": "Keeps reports, numbers and companies, and answers requests.",
    "Reviewer": "Reads everything on the desk, comments and approves.",
    "Publisher": "Publishes and withdraws editions, and everything an editor or a reviewer does.",
    "Administrator": "Keeps people, organisations, licences and keys, and reads the desk's log.",
}


def ensure_roles() -> dict[str, Group]:
    """Make the four roles with their permissions, or bring them up to date. Returns them by name."""
    everything = Permission.objects.select_related("content_type").exclude(content_type__app_label="admin")
    log = Permission.objects.filter(content_type__app_label="admin", codename="view_logentry")
    desk = [p for p in everything if p.content_type.app_label in EDITING and p.codename != "publish_report"]
    reviewing = [p for p in desk if p.codename.startswith("view_") or p.codename == "approve_report"]
    inbox = [p for p in everything if p.codename in INBOX]
    roles = {
        "Editor": [*(p for p in desk if p.codename != "approve_report"), *inbox],
        "Reviewer": reviewing,
        "Publisher": [*desk, *inbox, *everything.filter(codename="publish_report")],
        "Administrator": [*(p for p in everything if p.content_type.app_label in ("access", "auth", "alerts")), *log],
    }
    groups = {}
    for name, permissions in roles.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(permissions)
        groups[name] = group
    return groups

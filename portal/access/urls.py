"""Accounts, organisations, invitations and requests."""

from django.urls import path

from portal.access import account_pages, organisation_pages, request_pages

urlpatterns = [
    path("account/", account_pages.account, name="account"),
    path("organisation/", organisation_pages.organisations, name="organisation"),
    path("organisation/<slug:slug>/", organisation_pages.organisation, name="organisation_page"),
    path("organisation/<slug:slug>/seats/<int:pk>/", organisation_pages.change_seat, name="change_seat"),
    path("organisation/<slug:slug>/invitations/", organisation_pages.invite, name="invite"),
    path(
        "organisation/<slug:slug>/invitations/<int:pk>/withdraw/",
        organisation_pages.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("organisation/<slug:slug>/keys/", organisation_pages.issue_key, name="issue_key"),
    path("organisation/<slug:slug>/keys/<int:pk>/revoke/", organisation_pages.revoke_key, name="revoke_key"),
    path("organisation/<slug:slug>/usage.csv", organisation_pages.usage_file, name="usage_file"),
    path(
        "organisation/<slug:slug>/requests/<int:pk>/",
        organisation_pages.answer_seat_request,
        name="answer_seat_request",
    ),
    path("invitations/<str:token>/", organisation_pages.invitation, name="invitation"),
    path("reports/<slug:slug>/request/", request_pages.request_report, name="request"),
    path("requests/new/", request_pages.request_anything, name="request_anything"),
    path("requests/sent/", request_pages.thanks, name="request_sent"),
]

"""Addresses for machines that watch the portal."""

from django.urls import path

from portal.operations import views

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
]

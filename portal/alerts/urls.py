"""Following, and feeds."""

from django.urls import path

from portal.alerts import feeds, pages

urlpatterns = [
    path("following/", pages.following, name="following"),
    path("following/feed/", pages.renew_feed, name="renew_feed"),
    path("following/<int:pk>/", pages.change_watch, name="change_watch"),
    path("following/stop/<str:token>/", pages.stop, name="stop_watch"),
    path("reports/<slug:slug>/follow/", pages.follow_report, name="follow_report"),
    path("companies/<slug:slug>/follow/", pages.follow_company, name="follow_company"),
    path("search/follow/", pages.follow_search, name="follow_search"),
    path("explorer/saved/<int:pk>/follow/", pages.follow_chart, name="follow_chart"),
    path("feeds/editions.atom", feeds.editions, name="feed_editions"),
    path("feeds/mine/<str:token>.atom", feeds.mine, name="feed_mine"),
]

"""People, organisations, what they licensed, how they read it, and what they ask for."""

from portal.access.models.keys import ApiKey, ApiKeyQuerySet, hash_secret, make_secret, well_formed
from portal.access.models.licences import Licence, LicenceQuerySet
from portal.access.models.people import NoSeatLeft, Organisation, Seat, SeatQuerySet, User, UserManager

__all__ = [
    "ApiKey",
    "ApiKeyQuerySet",
    "Licence",
    "LicenceQuerySet",
    "NoSeatLeft",
    "Organisation",
    "Seat",
    "SeatQuerySet",
    "User",
    "UserManager",
    "hash_secret",
    "make_secret",
    "well_formed",
]

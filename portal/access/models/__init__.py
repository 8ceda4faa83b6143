"""People, organisations, what they licensed, how they read it, and what they ask for."""

from portal.access.models.invitations import Invitation, InvitationQuerySet
from portal.access.models.keys import ApiKey, ApiKeyQuerySet, hash_secret, make_secret, well_formed
from portal.access.models.licences import Licence, LicenceQuerySet
from portal.access.models.people import NoSeatLeft, Organisation, Seat, SeatQuerySet, User, UserManager
from portal.access.models.readings import ReportReading
from portal.access.models.requests import AccessRequest, AccessRequestQuerySet

__all__ = [
    "AccessRequest",
    "AccessRequestQuerySet",
    "ApiKey",
    "ApiKeyQuerySet",
    "Invitation",
    "InvitationQuerySet",
    "Licence",
    "LicenceQuerySet",
    "NoSeatLeft",
    "Organisation",
    "ReportReading",
    "Seat",
    "SeatQuerySet",
    "User",
    "UserManager",
    "hash_secret",
    "make_secret",
    "well_formed",
]

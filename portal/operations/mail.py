"""Where mail goes: the one address `EMAIL_URL` as Django's mailers."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

SMTP = {"smtp": {}, "smtp+tls": {"use_tls": True}, "smtps": {"use_ssl": True}, "smtp+ssl": {"use_ssl": True}}
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465, "smtp+ssl": 465}
BACKENDS = "django.core.mail.backends"
TIMEOUT_SECONDS = 10


def mailers(address: str, data_dir: Path) -> dict[str, Any]:
    """Django's MAILERS for an address such as `smtp+tls://user:password@mail.example.org:587`.

    An empty address writes each mail to a file in `mail/` of the data folder; `console:` prints it; `file:///some/where`
    names the folder. Raises ValueError with a sentence for any other address.
    """
    parts = urlsplit(address or (data_dir / "mail").as_uri())
    if parts.scheme == "console":
        return {"default": {"BACKEND": f"{BACKENDS}.console.EmailBackend"}}
    if parts.scheme == "file" and parts.path:
        return {
            "default": {"BACKEND": f"{BACKENDS}.filebased.EmailBackend", "OPTIONS": {"file_path": unquote(parts.path)}}
        }
    if parts.scheme not in SMTP or not parts.hostname:
        raise ValueError(
            "EMAIL_URL must look like smtp+tls://user:password@mail.example.org:587, smtps://…, smtp://…, "
            "file:///folder or console:."
        )
    options = {
        "host": parts.hostname,
        "port": parts.port or PORTS[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "timeout": TIMEOUT_SECONDS,
        **SMTP[parts.scheme],
    }
    return {"default": {"BACKEND": f"{BACKENDS}.smtp.EmailBackend", "OPTIONS": options}}

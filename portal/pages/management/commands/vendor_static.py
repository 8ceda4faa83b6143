"""Fetches the browser files kept in static/vendor/ again, by package name and version, and writes what they are."""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

VENDOR = Path("static") / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """An npm package and the files of it that are served: path in the package -> path in static/vendor/."""

    name: str
    version: str
    reason: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "@fontsource-variable/source-serif-4",
        "5.3.1",
        "the face of headings and prose",
        {
            "files/source-serif-4-latin-opsz-normal.woff2": "fonts/source-serif-4-latin-opsz-normal.woff2",
            "files/source-serif-4-latin-wght-italic.woff2": "fonts/source-serif-4-latin-wght-italic.woff2",
            "LICENSE": "fonts/source-serif-4.LICENSE.txt",
        },
    ),
    Package(
        "@fontsource-variable/source-sans-3",
        "5.3.0",
        "the face of tables, charts and controls",
        {
            "files/source-sans-3-latin-wght-normal.woff2": "fonts/source-sans-3-latin-wght-normal.woff2",
            "LICENSE": "fonts/source-sans-3.LICENSE.txt",
        },
    ),
    Package(
        "world-atlas",
        "2.0.2",
        "the outlines of countries, from Natural Earth (public domain); the maps are drawn from it on the server",
        {
            "countries-110m.json": "maps/countries-110m.json",
            "LICENSE": "maps/world-atlas.LICENSE.txt",
        },
    ),
    Package(
        "tabulator-tables",
        "6.5.3",
        "the data grid of the desk: cells, ranges, the clipboard, undo; MIT, no dependency, needs no eval",
        {
            "dist/js/tabulator.min.js": "tabulator/tabulator.min.js",
            "dist/css/tabulator_simple.min.css": "tabulator/tabulator_simple.min.css",
            "LICENSE": "tabulator/LICENSE.txt",
        },
    ),
)


class Command(BaseCommand):
    """Needs npm; nothing else does. What it fetched is committed, so a portal runs without it."""

    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.BASE_DIR / VENDOR
        listed = []
        for package in PACKAGES:
            listed.append(
                {"package": package.name, "version": package.version, "reason": package.reason}
                | {"files": self._fetch(package, folder)}
            )
            self.stdout.write(f"{package.name} {package.version}: {len(package.files)} files")
        (folder / "vendored.json").write_text(json.dumps(listed, indent=2) + "\n")

    def _fetch(self, package: Package, folder: Path) -> dict[str, str]:
        """Unpack the wanted files and return their SHA-256 by path."""
        digests = {}
        with tempfile.TemporaryDirectory() as scratch:
            archive = self._pack(package, scratch)
            with tarfile.open(archive) as packed:
                for inside, outside in package.files.items():
                    member = packed.extractfile(f"package/{inside}")
                    if member is None:
                        raise CommandError(f"{package.name} {package.version} holds no file {inside}.")
                    content = member.read()
                    target = folder / outside
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
                    digests[outside] = hashlib.sha256(content).hexdigest()
        return digests

    def _pack(self, package: Package, scratch: str) -> Path:
        command = ["npm", "pack", "--silent", "--pack-destination", scratch, f"{package.name}@{package.version}"]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=120)
        except FileNotFoundError:
            raise CommandError("npm was not found. Install it to refresh the files in static/vendor/.") from None
        except subprocess.CalledProcessError as failed:
            raise CommandError(f"{package.name} could not be fetched:\n{failed.stderr.decode()}") from None
        return next(Path(scratch).glob("*.tgz"))

#!/usr/bin/env python3
"""Prints what the release program consists of besides edgecrab's own code.

    third-party.py notice          the licences of what is linked in, as text
    third-party.py sbom PROGRAM    a software bill of materials, CycloneDX 1.6 as JSON

Both read the Swift packages that the last build used. The bill also lists the Debian packages with the shared libraries
that PROGRAM loads, as installed on this machine. SOURCE_DATE_EPOCH, seconds since 1970, is the bill's time.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
CHECKOUTS = ROOT / ".build/checkouts"
# Licences that stand in the head of a source file only.
IN_SOURCES = {"swift-nio": [ROOT / "packaging/licenses/CNIOSHA1.txt"]}


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Part:
    """A package whose code is part of the program, with its licences: pairs of an SPDX id and a file."""

    def __init__(self, name, version, url, licenses, notices=()):
        self.name, self.version, self.url = name, version, url
        self.licenses, self.notices = licenses, notices
        name = url.removeprefix("https://")
        self.purl = f"pkg:swift/{name}@{version}" if "/" in name else f"pkg:generic/swift@{version}"


def swift_packages():
    state = json.loads((ROOT / ".build/workspace-state.json").read_text())
    for dependency in sorted(state["object"]["dependencies"], key=lambda d: d["packageRef"]["identity"]):
        reference = dependency["packageRef"]
        folder = CHECKOUTS / dependency["subpath"]
        licenses = sorted(folder.glob("LICENSE*")) + sorted(folder.glob("Sources/*/LICENSE*"))
        licenses += IN_SOURCES.get(reference["identity"], [])
        if not licenses:
            sys.exit(f"third-party: {folder} has no licence; add one to packaging/licenses")
        yield Part(
            reference["name"], dependency["state"]["checkoutState"]["version"],
            reference["location"].removesuffix(".git"),
            [(spdx(file), file) for file in licenses], sorted(folder.glob("NOTICE*")))


def toolchain():
    """Swift's own libraries, which are linked in: the standard library, Dispatch, Foundation and Foundation's ICU."""
    compiler = shutil.which(os.environ.get("SWIFT", "swift")) + "c"
    version = re.search(r"Swift version (\S+)", output(compiler, "--version")).group(1)
    paths = json.loads(output(compiler, "-print-target-info"))["paths"]
    license = Path(paths["runtimeResourcePath"]).parent.parent / "share/swift/LICENSE.txt"
    yield Part("swift", version, "https://www.swift.org", [("Apache-2.0 WITH Swift-exception", license)])
    icu = ROOT / "packaging/licenses/ICU.txt"
    yield Part("swift-foundation-icu", version, "https://github.com/swiftlang/swift-foundation-icu", [(spdx(icu), icu)])


def spdx(file):
    text = file.read_text()
    known = [
        ("UNICODE LICENSE V3", "Unicode-3.0"), ("Runtime Library Exception", "Apache-2.0 WITH Swift-exception"),
        ("Apache License", "Apache-2.0"), ("Neither the name of the project", "BSD-3-Clause"), ("Permission is hereby granted, free of charge", "MIT")]
    for words, identifier in known:
        if words in text:
            return identifier
    sys.exit(f"third-party: {file} is no licence that this script knows")


def notice(parts):
    """Each text once, below the names of all packages that it belongs to."""
    texts = {}
    for part in parts:
        for file in [file for _, file in part.licenses] + list(part.notices):
            texts.setdefault(file.read_text().strip("\n"), []).append(f"{part.name} {part.version} ({part.url})")
    print("The program edgecrab contains the following software. The shared libraries that it loads are not part of it;")
    print("their licences are in /usr/share/doc of the Debian packages that bring them.")
    for text, owners in texts.items():
        print("\n" + "=" * 79 + "\n" + "\n".join(owners) + "\n" + "=" * 79 + "\n\n" + text)


def libraries(program):
    """The Debian packages of the libraries that the program loads: name, version and architecture."""
    files = re.findall(r"=> (/\S+)", output("ldd", program)) + re.findall(r"^\s(/\S+)", output("ldd", program), re.M)
    owners = set()
    for file in files:
        # The package's list may have the path before or after the merge of /lib into /usr/lib.
        for path in {file, os.path.realpath(file), os.path.realpath(file).removeprefix("/usr")}:
            found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True)
            if found.returncode == 0:
                owners.add(found.stdout.split(": ")[0].split(",")[0])
                break
        else:
            sys.exit(f"third-party: {file} belongs to no Debian package")
    for owner in sorted(owners):
        yield output("dpkg-query", "--show", "--showformat", "${Package}\t${Version}\t${Architecture}", owner).split("\t")


def sbom(parts, program):
    name, version, commit = re.fullmatch(r"(\S+) (\S+) \((.*)\)", output(program, "--version").strip()).groups()
    time = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), timezone.utc)
    subject = {
        "type": "application", "bom-ref": f"pkg:generic/{name}@{version}", "name": name, "version": version,
        "description": commit, "licenses": [{"license": {"id": "Apache-2.0"}}]}
    components = [{
        "type": "library", "bom-ref": part.purl, "purl": part.purl, "name": part.name, "version": part.version,
        "licenses": [{"expression": " AND ".join(dict.fromkeys(identifier for identifier, _ in part.licenses))}],
        "externalReferences": [{"type": "vcs", "url": part.url}]} for part in parts]
    components += [{
        "type": "library", "bom-ref": f"{package}@{version}",
        "purl": f"pkg:deb/debian/{package}@{quote(version, safe='')}?arch={architecture}",
        "name": package, "version": version,
        "externalReferences": [{"type": "distribution", "url": f"https://packages.debian.org/{package}"}],
    } for package, version, architecture in libraries(program)]
    bill = {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": subject},
        "components": components,
        "dependencies": [{"ref": subject["bom-ref"], "dependsOn": [c["bom-ref"] for c in components]}]}
    # The same contents have the same serial number.
    bill["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bill)).urn
    print(json.dumps(bill, indent=2))


parts = list(swift_packages()) + list(toolchain())
match sys.argv[1:]:
    case ["notice"]:
        notice(parts)
    case ["sbom", program]:
        sbom(parts, program)
    case _:
        sys.exit(__doc__)

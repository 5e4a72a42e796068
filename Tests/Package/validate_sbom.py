#!/usr/bin/env python3
"""validate_sbom.py FILE: checks a bill of materials with CycloneDX's own JSON Schema, from .build-cyclonedx."""

import json
import sys
from pathlib import Path

import jsonschema

SCHEMAS = Path(__file__).resolve().parents[2] / ".build-cyclonedx/cyclonedx/schema/_res"


def schema(name):
    return json.loads((SCHEMAS / name).read_text())


main = schema("bom-1.6.SNAPSHOT.schema.json")
references = {name: schema(name) for name in ["spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"]}
# The schema names the others by addresses beside its own.
base = main["$id"].rsplit("/", 1)[0]
resolver = jsonschema.RefResolver(
    main["$id"], main, {f"{base}/{name}": value for name, value in references.items()})
jsonschema.Draft7Validator(main, resolver=resolver).validate(json.loads(Path(sys.argv[1]).read_text()))

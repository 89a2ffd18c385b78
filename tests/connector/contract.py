# SPDX-License-Identifier: Apache-2.0
"""openapi.yaml as a list of calls that a test can make: each with every parameter, and a body with every member."""
import pathlib

import yaml

CONTRACT = yaml.safe_load((pathlib.Path(__file__).resolve().parents[2] / "connector" / "openapi.yaml").read_text())
METHODS = ("get", "post", "put", "patch", "delete")


def resolve(schema):
    while "$ref" in schema:
        at = CONTRACT
        for part in schema["$ref"].lstrip("#/").split("/"):
            at = at[part]
        schema = {**at, **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


class Call:
    """One operation: its method, its path with {id}, its query parameters and its body's schema (None: takes none)."""

    def __init__(self, path, shared, method, operation):
        self.method, self.path = method.upper(), path
        parameters = [resolve(p) for p in [*shared, *operation.get("parameters", [])]]
        self.query = {p["name"]: resolve(p["schema"]) for p in parameters if p["in"] == "query"}
        body = operation.get("requestBody")
        self.body = resolve(body["content"]["application/json"]["schema"]) if body else None
        self.answers = {int(status) for status in operation["responses"]}

    def __str__(self):
        return f"{self.method} {self.path}"


def calls():
    return [Call(path, entry.get("parameters", []), method, operation) for path, entry in CONTRACT["paths"].items()
            for method, operation in entry.items() if method in METHODS]


def fill(schema, text, name=""):
    """A value of this schema; `text(name, schema)` gives every string that the schema leaves free."""
    schema = resolve(schema)
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return fill(schema[several][0], text, name)
    if "allOf" in schema:
        return {k: v for part in schema["allOf"] for k, v in fill(part, text, name).items()}
    kind = schema.get("type", "object" if "properties" in schema else None)
    if isinstance(kind, list):
        kind = next(k for k in kind if k != "null")
    if kind == "object":
        return {k: fill(v, text, k) for k, v in schema.get("properties", {}).items()}
    if kind == "array":
        return [fill(schema["items"], text, name)]
    if kind in ("integer", "number"):
        return schema.get("default", schema.get("minimum", 1))
    if kind == "boolean":
        return True
    return schema["enum"][0] if "enum" in schema else text(name, schema)

"""What the Reconciliation API 0.2 asks of answers, as JSON Schemas in our own words.

After the specification's own at https://reconciliation-api.github.io/specs/0.2/.
"""

TEXT = {"type": "string"}
NAMED = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT}}
FEATURE = {
    "type": "object",
    "properties": {"id": TEXT, "value": {"type": ["boolean", "number"]}},
    "required": ["id", "value"],
}
CANDIDATE = {
    "type": "object",
    "required": ["id", "name", "score"],
    "properties": {
        "id": TEXT,
        "name": TEXT,
        "description": TEXT,
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "match": {"type": "boolean"},
        "features": {"type": "array", "items": FEATURE},
        "type": {"type": "array", "items": {"anyOf": [NAMED, TEXT]}},
    },
}
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {"result": {"type": "array", "items": CANDIDATE}},
    },
}
_TEMPLATE = {"type": "string", "pattern": r"\{\{id\}\}"}
_SERVICE = {"type": "object", "properties": {"service_url": TEXT, "service_path": TEXT}}
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT,
        "identifierSpace": {"type": "string", "format": "uri"},
        "schemaSpace": {"type": "string", "format": "uri"},
        "documentation": TEXT,
        "serviceVersion": TEXT,
        "defaultTypes": {"type": "array", "items": NAMED, "uniqueItems": True},
        "view": {"type": "object", "required": ["url"], "properties": {"url": _TEMPLATE}},
        "preview": {
            "type": "object",
            "required": ["url", "width", "height"],
            "properties": {
                "url": _TEMPLATE,
                "width": {"type": "integer"},
                "height": {"type": "integer"},
            },
        },
        "suggest": {
            "type": "object",
            "properties": {"entity": _SERVICE, "property": _SERVICE, "type": _SERVICE},
        },
        "extend": {
            "type": "object",
            "properties": {"propose_properties": _SERVICE, "property_settings": {"type": "array"}},
        },
    },
}
SUGGESTED = {
    "type": "object",
    "required": ["result"],
    "properties": {
        "result": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {
                    "id": TEXT,
                    "name": TEXT,
                    "description": TEXT,
                    "notable": {"type": "array", "items": {"anyOf": [NAMED, TEXT]}},
                },
            },
        }
    },
}


def _value(name, kind):
    return {
        "type": "object",
        "required": [name],
        "properties": {name: {"type": kind}},
        "additionalProperties": False,
    }


EXTENDED = {
    "type": "object",
    "required": ["rows", "meta"],
    "properties": {
        "meta": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "name"],
                "properties": {"id": TEXT, "name": TEXT},
            },
        },
        "rows": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {
                        "oneOf": [
                            {"type": "object", "maxProperties": 0},
                            _value("str", "string"),
                            _value("float", "number"),
                            _value("int", "integer"),
                            _value("date", "string"),
                        ]
                    },
                },
            },
        },
    },
}

"""Checks JSON bodies against a JSON Schema; names the first fault of each and fails when there is one.

python dev/check_schema.py SCHEMA BODY...
"""

import json
import pathlib
import sys

import jsonschema


def main(schema: str, bodies: list[str]) -> int:
    document = json.loads(pathlib.Path(schema).read_text())
    validator = jsonschema.validators.validator_for(document)(document, format_checker=jsonschema.FormatChecker())
    status = 0
    for body in bodies:
        for error in validator.iter_errors(json.loads(pathlib.Path(body).read_bytes())):
            print(f"{body}: {error.json_path}: {error.validator} is not met")
            status = 1
            break
    print(f"{len(bodies)} bodies checked against {schema}")
    return status


sys.exit(main(sys.argv[1], sys.argv[2:]))

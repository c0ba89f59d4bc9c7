"""Renders templates as transformers does, with Python's own Jinja.

Reads {"template": ..., "values": {...}} a line and writes {"text": ...} or {"refused": ...} a line.
"""

import datetime
import functools
import json
import sys

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2026, 3, 7, 14, 5, 9, 12345)  # Saturday


class Generation(Extension):
    """Marks what a model is trained on; renders what is inside."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_inside"), [], [], body).set_lineno(line)

    def _inside(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    made.filters["tojson"] = tojson
    made.globals["raise_exception"] = raise_exception
    made.globals["strftime_now"] = NOW.strftime
    return made


def main():
    parsed = functools.lru_cache(maxsize=1)(environment().from_string)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"text": parsed(asked["template"]).render(**asked["values"])}
        except Exception as e:  # whatever Python says, it is no text
            answer = {"refused": f"{type(e).__name__}: {e}"}
        print(json.dumps(answer), flush=True)


main()

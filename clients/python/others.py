"""Calls one method of the OpenAI SDK for Python, on behalf of a test.

Each line of standard input is a JSON object: base, key, method (as "embeddings.create"), arguments.
Each line of standard output is what the SDK gave for it: {"answer": ...}, or {"chunks": [...]} of a
stream, or error, status and code.
"""

import json
import operator
import sys

import openai


def answered(ask):
    try:
        with openai.OpenAI(base_url=ask["base"], api_key=ask["key"], max_retries=0, timeout=30) as client:
            answer = operator.attrgetter(ask["method"])(client)(**ask["arguments"])
            if isinstance(answer, openai.Stream):
                return {"chunks": [chunk.to_dict() for chunk in answer]}
            return {"answer": answer.to_dict()}
    except openai.OpenAIError as error:
        return {
            "error": type(error).__name__,
            "status": getattr(error, "status_code", 0),
            "code": getattr(error, "code", None) or "",
        }


sys.stdin.reconfigure(encoding="utf-8")
for line in sys.stdin:
    print(json.dumps(answered(json.loads(line))), flush=True)

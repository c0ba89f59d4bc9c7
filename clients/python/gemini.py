"""Asks by Google's SDK for Python, on behalf of a test.

Each line of standard input is a JSON object: base, key, stream, arguments (of generate_content).
Each line of standard output is what the SDK gave for it: the list of its answers, one where it is
no stream, or error, status and message, with the answers before it.
"""

import json
import sys

from google import genai
from google.genai import errors


def answered(ask):
    answers = []
    options = {"base_url": ask["base"], "timeout": 30_000, "retry_options": {"attempts": 1}}
    try:
        with genai.Client(api_key=ask["key"], http_options=options) as client:
            if ask["stream"]:
                for chunk in client.models.generate_content_stream(**ask["arguments"]):
                    answers.append(chunk)
            else:
                answers.append(client.models.generate_content(**ask["arguments"]))
        told = {}
    except errors.APIError as error:
        told = {"error": type(error).__name__, "status": error.code, "message": error.message}
    told["answers"] = [each.model_dump(mode="json", exclude_none=True) for each in answers]
    told["text"] = "".join(part.text or "" for part in parts(answers) if not part.thought)
    return told


def parts(answers):
    for answer in answers:
        for candidate in answer.candidates or []:
            if candidate.content:
                yield from candidate.content.parts or []


sys.stdin.reconfigure(encoding="utf-8")
for line in sys.stdin:
    print(json.dumps(answered(json.loads(line))), flush=True)

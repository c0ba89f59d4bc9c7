"""Asks by Anthropic's SDK for Python, on behalf of a test.

Each line of standard input is a JSON object: base, key, stream, arguments (of messages.create, or of
another method of messages).
Each line of standard output is what the SDK gave for it: {"answer": ...} and the text as it came,
or error, status and type, with the text before it.
"""

import json
import sys

import anthropic


def answered(ask):
    text = []
    try:
        with anthropic.Anthropic(base_url=ask["base"], api_key=ask["key"], max_retries=0, timeout=30) as client:
            if not ask["stream"]:
                answer = getattr(client.messages, ask.get("method", "create"))(**ask["arguments"])
            else:
                with client.messages.stream(**ask["arguments"]) as stream:
                    for piece in stream.text_stream:
                        text.append(piece)
                    answer = stream.get_final_message()
            return {"answer": answer.to_dict(), "text": "".join(text)}
    except anthropic.APIError as error:
        body = error.body if isinstance(error.body, dict) else {}
        return {
            "error": type(error).__name__,
            "status": getattr(error, "status_code", 0),
            "type": body.get("error", {}).get("type", ""),
            "text": "".join(text),
        }


sys.stdin.reconfigure(encoding="utf-8")
for line in sys.stdin:
    print(json.dumps(answered(json.loads(line))), flush=True)

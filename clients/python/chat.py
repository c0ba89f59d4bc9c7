"""Drives the OpenAI SDK for Python, sync or async, on behalf of a test.

Usage: chat.py sync|async|http2

The last is async over HTTP/2.

Each line of standard input is a JSON object: base, key, model, text, stream, usage, leaveAfter
(content pieces after which the stream is closed, 0 for never). Each line of standard output is what
the SDK gave for it: text, pieces, finish, completionTokens, requestId, or error, status and code.
"""

import asyncio
import json
import sys

import openai


def parameters(ask):
    asked = {
        "model": ask["model"],
        "messages": [{"role": "user", "content": ask["text"]}],
        "stream": ask["stream"],
    }
    if "seed" in ask:
        asked["seed"] = ask["seed"]
    if ask["usage"]:
        asked["stream_options"] = {"include_usage": True}
    return asked


def address(ask):
    return {"base_url": ask["base"], "api_key": ask["key"], "max_retries": 0, "timeout": 30}


class Collected:
    """What came so far."""

    def __init__(self):
        self.said = {"text": "", "pieces": 0, "finish": "", "completionTokens": -1, "requestId": ""}

    def chunk(self, chunk):
        """Takes a chunk in, the way a loop over `choices[0]` does where there is one."""
        if chunk.usage is not None:
            self.said["completionTokens"] = chunk.usage.completion_tokens
        if not chunk.choices:
            return
        choice = chunk.choices[0]
        if choice.delta.content:
            self.said["text"] += choice.delta.content
            self.said["pieces"] += 1
        if choice.finish_reason is not None:
            self.said["finish"] = choice.finish_reason

    def left(self, ask):
        return 0 < ask["leaveAfter"] <= self.said["pieces"]

    def whole(self, completion):
        self.said["text"] = completion.choices[0].message.content
        self.said["finish"] = completion.choices[0].finish_reason
        self.said["completionTokens"] = completion.usage.completion_tokens
        self.said["requestId"] = completion._request_id or ""

    def failed(self, error):
        self.said["error"] = type(error).__name__
        self.said["status"] = getattr(error, "status_code", 0)
        self.said["code"] = getattr(error, "code", None) or ""
        self.said["requestId"] = getattr(error, "request_id", None) or ""


def sync(ask):
    collected = Collected()
    try:
        with openai.OpenAI(**address(ask)) as client:
            answer = client.chat.completions.create(**parameters(ask))
            if not ask["stream"]:
                collected.whole(answer)
                return collected.said
            collected.said["requestId"] = answer.response.headers.get("x-request-id", "")
            for chunk in answer:
                collected.chunk(chunk)
                if collected.left(ask):
                    answer.close()
                    break
    except openai.OpenAIError as error:
        collected.failed(error)
    return collected.said


def over_http2():
    return {"http_client": openai.DefaultAsyncHttpxClient(http2=True)} if sys.argv[1] == "http2" else {}


async def asynchronous(ask):
    collected = Collected()
    try:
        async with openai.AsyncOpenAI(**address(ask), **over_http2()) as client:
            answer = await client.chat.completions.create(**parameters(ask))
            if not ask["stream"]:
                collected.whole(answer)
                return collected.said
            collected.said["requestId"] = answer.response.headers.get("x-request-id", "")
            collected.said["version"] = answer.response.http_version
            async for chunk in answer:
                collected.chunk(chunk)
                if collected.left(ask):
                    await answer.close()
                    break
    except openai.OpenAIError as error:
        collected.failed(error)
    return collected.said


def main():
    sys.stdin.reconfigure(encoding="utf-8")
    answered = sync if sys.argv[1] == "sync" else lambda ask: asyncio.run(asynchronous(ask))
    for line in sys.stdin:
        print(json.dumps(answered(json.loads(line))), flush=True)


main()

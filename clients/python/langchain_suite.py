"""LangChain's own tests of a chat model, with our endpoint as the model.

A line of JSON on standard input says where it is (base, key, model, other: a second name of the
model); a line of JSON on standard output says how each test ended (cases: name, end, why).
"""

import contextlib
import json
import os
import sys

import pytest
from langchain_openai import ChatOpenAI
from langchain_tests.integration_tests import ChatModelIntegrationTests


def asked():
    return json.loads(os.environ["TAYYAR_ASK"])


class TestTayyar(ChatModelIntegrationTests):
    chat_model_class = ChatOpenAI
    supports_json_mode = True
    has_tool_choice = True

    @property
    def model_override_value(self):
        return asked()["other"]

    @property
    def chat_model_params(self):
        ask = asked()
        return {
            "base_url": ask["base"],
            "api_key": ask["key"],
            "model": ask["model"],
            "temperature": 0,
            "max_tokens": 300,
            "stream_usage": True,
        }


class Ends:
    def __init__(self):
        self.cases = {}

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            why = "" if report.passed else str(report.longrepr)[-2000:]
            self.cases[report.nodeid.split("::")[-1]] = {"end": report.outcome, "why": why}


if __name__ == "__main__":
    os.environ["TAYYAR_ASK"] = sys.stdin.readline()
    ends = Ends()
    options = ["-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto"]
    options += ["-o", "asyncio_default_fixture_loop_scope=session", "-o", "asyncio_default_test_loop_scope=session"]
    with contextlib.redirect_stdout(sys.stderr):
        pytest.main([__file__, *options], plugins=[ends])
    print(json.dumps({"cases": [{"name": name, **end} for name, end in ends.cases.items()]}), flush=True)

"""Drives frameworks that speak the newer dialects, on behalf of a test.

The lines of standard input and output are those of clients/node/dialects.mjs.
"""

import asyncio
import json
import sys

import agents
import anthropic
import langchain_anthropic
import openai
from langchain_core.messages import HumanMessage, ToolMessage

ROUNDS = 5
MOST_TOKENS = 100


def picture(ask):
    return ask["image"].partition(";base64,")[2]


def anthropic_sdk(ask, said):
    @anthropic.beta_tool
    def look(name: str) -> str:
        """Looks into a file.

        Args:
            name: The file's.
        """
        return ask["files"][name]

    content = [{"type": "text", "text": ask["text"]}]
    if ask["image"]:
        source = {"type": "base64", "media_type": "image/png", "data": picture(ask)}
        content.append({"type": "image", "source": source})
    with anthropic.Anthropic(base_url=ask["base"], auth_token=ask["key"], api_key=None, max_retries=0, timeout=30) as client:
        runner = client.beta.messages.tool_runner(
            model=ask["model"],
            max_tokens=MOST_TOKENS,
            max_iterations=ROUNDS,
            messages=[{"role": "user", "content": content}],
            tools=[look],
            stream=ask["stream"],
        )
        for answer in runner:
            said["rounds"] += 1
            said["text"] = ""
            if ask["stream"]:
                for event in answer:
                    if event.type == "text":
                        said["text"] += event.text
                        said["pieces"] += 1
                    if 0 < ask["leaveAfter"] <= said["pieces"]:
                        answer.close()
                        return
                answer = answer.get_final_message()
            text = "".join(block.text for block in answer.content if block.type == "text")
            assert not ask["stream"] or said["text"] == text
            said["text"] = text
            said["finish"] = answer.stop_reason
            said["input"] = answer.usage.input_tokens
            said["output"] = answer.usage.output_tokens


def langchain(ask, said):
    def look(name: str) -> str:
        """Looks into a file."""
        return ask["files"][name]

    model = langchain_anthropic.ChatAnthropic(
        model=ask["model"],
        base_url=ask["base"],
        api_key=ask["key"],
        max_tokens=MOST_TOKENS,
        max_retries=0,
        timeout=30,
    ).bind_tools([look])
    content = [{"type": "text", "text": ask["text"]}]
    if ask["image"]:
        content.append({"type": "image", "base64": picture(ask), "mime_type": "image/png"})
    messages = [HumanMessage(content)]
    for _ in range(ROUNDS):
        said["rounds"] += 1
        said["text"] = ""
        if ask["stream"]:
            answer = None
            stream = model.stream(messages)
            for chunk in stream:
                answer = chunk if answer is None else answer + chunk
                if chunk.text:
                    said["text"] += chunk.text
                    said["pieces"] += 1
                if 0 < ask["leaveAfter"] <= said["pieces"]:
                    stream.close()
                    return
            assert said["text"] == answer.text
        else:
            answer = model.invoke(messages)
            said["text"] = answer.text
        said["finish"] = answer.response_metadata["stop_reason"]
        said["input"] = answer.usage_metadata["input_tokens"]
        said["output"] = answer.usage_metadata["output_tokens"]
        messages.append(answer)
        for call in answer.tool_calls:
            messages.append(ToolMessage(look(**call["args"]), tool_call_id=call["id"]))
        if not answer.tool_calls:
            return


async def openai_agents(ask, said):
    @agents.function_tool
    def look(name: str) -> str:
        """Looks into a file."""
        return ask["files"][name]

    async with openai.AsyncOpenAI(base_url=ask["base"] + "/v1", api_key=ask["key"], max_retries=0, timeout=30) as client:
        agent = agents.Agent(
            name="test",
            instructions="Answer.",
            model=agents.OpenAIResponsesModel(model=ask["model"], openai_client=client),
            tools=[look],
        )
        content = [{"type": "input_text", "text": ask["text"]}]
        if ask["image"]:
            content.append({"type": "input_image", "image_url": ask["image"], "detail": "auto"})
        given = [{"role": "user", "content": content}]
        if ask["stream"]:
            result = agents.Runner.run_streamed(agent, given, max_turns=ROUNDS)
            async for event in result.stream_events():
                if event.type != "raw_response_event":
                    continue
                if event.data.type == "response.created":
                    said["text"] = ""
                if event.data.type == "response.output_text.delta":
                    said["text"] += event.data.delta
                    said["pieces"] += 1
                if 0 < ask["leaveAfter"] <= said["pieces"]:
                    result.cancel()
                    return
            assert said["text"] == result.final_output
        else:
            result = await agents.Runner.run(agent, given, max_turns=ROUNDS)
            said["text"] = result.final_output
        said["rounds"] = len(result.raw_responses)
        said["finish"] = "completed"
        said["input"] = result.raw_responses[-1].usage.input_tokens
        said["output"] = result.raw_responses[-1].usage.output_tokens


def answered(ask):
    said = {"text": "", "pieces": 0, "rounds": 0, "finish": "", "input": -1, "output": -1}
    try:
        match ask["client"]:
            case "anthropic":
                anthropic_sdk(ask, said)
            case "langchain":
                langchain(ask, said)
            case "agents":
                asyncio.run(openai_agents(ask, said))
    except Exception as error:
        said["error"] = type(error).__name__
        said["status"] = getattr(error, "status_code", 0)
        said["words"] = str(error)
    return said


agents.set_tracing_disabled(True)
sys.stdin.reconfigure(encoding="utf-8")
for line in sys.stdin:
    print(json.dumps(answered(json.loads(line))), flush=True)

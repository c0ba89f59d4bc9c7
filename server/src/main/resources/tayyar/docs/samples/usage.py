from openai import OpenAI

client = OpenAI(base_url="{{origin}}/v1")

stream = client.chat.completions.create(
    model="{{model}}",
    messages=[{"role": "user", "content": "Write a poem about the Nile."}],
    stream=True,
    stream_options={"include_usage": True},
)
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
    if chunk.usage:
        print(f"\n{chunk.usage.prompt_tokens} + {chunk.usage.completion_tokens} tokens")

import os

from anthropic import Anthropic

client = Anthropic(base_url="{{origin}}", api_key=os.environ["OPENAI_API_KEY"])

with client.messages.stream(
    model="{{model}}",
    max_tokens=200,
    messages=[{"role": "user", "content": "Write a poem about the Nile."}],
) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)
    print(f"\n{stream.get_final_message().stop_reason}")

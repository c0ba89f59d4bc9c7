from openai import OpenAI

client = OpenAI(base_url="{{origin}}/v1")

stream = client.responses.create(
    model="{{model}}", input="Write a poem about the Nile.", stream=True
)
for event in stream:
    if event.type == "response.output_text.delta":
        print(event.delta, end="", flush=True)
    elif event.type in ("response.completed", "response.incomplete", "response.failed"):
        print(f"\n{event.response.status}")

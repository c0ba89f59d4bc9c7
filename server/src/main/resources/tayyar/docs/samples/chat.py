from openai import OpenAI

client = OpenAI(base_url="{{origin}}/v1")

stream = client.chat.completions.create(
    model="{{model}}",
    messages=[{"role": "user", "content": "Write a poem about the Nile."}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()

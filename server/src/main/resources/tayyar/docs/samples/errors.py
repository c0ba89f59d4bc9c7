import openai

client = openai.OpenAI(base_url="{{origin}}/v1")

text = ""
finish = None
try:
    stream = client.chat.completions.create(
        model="{{model}}",
        messages=[{"role": "user", "content": "Write a poem about the Nile."}],
        stream=True,
    )
    for chunk in stream:
        if chunk.choices:
            text += chunk.choices[0].delta.content or ""
            finish = chunk.choices[0].finish_reason or finish
except openai.APIStatusError as error:
    print("Refused:", error.status_code, error.code, error.request_id)
except openai.APIError as error:
    print("Broken off:", error.code, "behind", repr(text))
else:
    print("Whole:" if finish else "Broken off:", text)

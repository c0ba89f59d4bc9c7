import openai

client = openai.OpenAI(base_url="{{origin}}/v1")
question = {"role": "user", "content": "Write a poem about the Nile."}

for attempt in range(3):
    text = ""
    try:
        stream = client.chat.completions.create(
            model="{{model}}", messages=[question], stream=True
        )
        for chunk in stream:
            if chunk.choices:
                text += chunk.choices[0].delta.content or ""
        print(text)
        break
    except (openai.APIConnectionError, openai.InternalServerError) as error:
        print("Once more:", error)
    except openai.APIStatusError:
        raise
    except openai.APIError as error:
        print("Once more:", error.code)

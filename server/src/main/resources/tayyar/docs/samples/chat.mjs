import OpenAI from "openai";

const client = new OpenAI({ baseURL: "{{origin}}/v1" });

const stream = await client.chat.completions.create({
  model: "{{model}}",
  messages: [{ role: "user", content: "Write a poem about the Nile." }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}
process.stdout.write("\n");

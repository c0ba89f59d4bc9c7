import OpenAI from "openai";

const client = new OpenAI({ baseURL: "{{origin}}/v1" });

const stream = await client.chat.completions.create({
  model: "{{model}}",
  messages: [{ role: "user", content: "Write a poem about the Nile." }],
  stream: true,
});
let text = "";
for await (const chunk of stream) {
  text += chunk.choices[0]?.delta?.content ?? "";
  if (text.length >= 6) break;
}
console.log(`Enough: ${text}`);

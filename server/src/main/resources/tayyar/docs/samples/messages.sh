curl -N {{origin}}/v1/messages \
  -H "x-api-key: $OPENAI_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "{{model}}",
    "max_tokens": 200,
    "stream": true,
    "messages": [{"role": "user", "content": "Write a poem about the Nile."}]
  }'

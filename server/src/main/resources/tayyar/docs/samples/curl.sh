curl -N {{origin}}/v1/chat/completions \
  -H "Authorization: Bearer $OPENAI_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "model": "{{model}}",
    "stream": true,
    "messages": [{"role": "user", "content": "Write a poem about the Nile."}]
  }'

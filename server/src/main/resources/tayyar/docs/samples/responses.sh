curl -N {{origin}}/v1/responses \
  -H "Authorization: Bearer $OPENAI_API_KEY" \
  -H "Content-Type: application/json" \
  -d '{"model": "{{model}}", "stream": true, "input": "Write a poem about the Nile."}'

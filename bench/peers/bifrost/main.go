// A small HTTP front for Bifrost's core, so that it can be measured beside other gateways: it checks
// a key, reads the request, asks the core for an answer and writes what the core gives. The server
// is fasthttp, which the core itself uses for its upstreams.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"log"
	"strings"

	bifrost "github.com/maximhq/bifrost/core"
	"github.com/maximhq/bifrost/core/schemas"
	"github.com/valyala/fasthttp"
)

// One provider, OpenAI's dialect, at the given address.
type account struct{ upstream string }

func (a *account) GetConfiguredProviders() ([]schemas.ModelProvider, error) {
	return []schemas.ModelProvider{schemas.OpenAI}, nil
}

func (a *account) GetKeysForProvider(context.Context, schemas.ModelProvider) ([]schemas.Key, error) {
	key := schemas.Key{ID: "1", Name: "one", Value: *schemas.NewEnvVar("sk-upstream"), Models: schemas.WhiteList{"*"}, Weight: 1}
	return []schemas.Key{key}, nil
}

func (a *account) GetConfigForProvider(schemas.ModelProvider) (*schemas.ProviderConfig, error) {
	return &schemas.ProviderConfig{
		NetworkConfig: schemas.NetworkConfig{
			BaseURL:                        a.upstream,
			DefaultRequestTimeoutInSeconds: 600,
			MaxConnsPerHost:                10000,
		},
		ConcurrencyAndBufferSize: schemas.ConcurrencyAndBufferSize{Concurrency: 1000, BufferSize: 10000},
	}, nil
}

type front struct {
	core *bifrost.Bifrost
	key  string
}

type asked struct {
	Model    string                `json:"model"`
	Messages []schemas.ChatMessage `json:"messages"`
	Stream   bool                  `json:"stream"`
}

func (f *front) serve(ctx *fasthttp.RequestCtx) {
	if string(ctx.Request.Header.Peek("Authorization")) != "Bearer "+f.key {
		ctx.Error(`{"error":{"message":"unknown key"}}`, 401)
		return
	}
	var body asked
	var params schemas.ChatParameters
	if json.Unmarshal(ctx.PostBody(), &body) != nil || json.Unmarshal(ctx.PostBody(), &params) != nil {
		ctx.Error(`{"error":{"message":"no JSON"}}`, 400)
		return
	}
	params.ExtraParams = nil
	request := &schemas.BifrostChatRequest{
		Provider: schemas.OpenAI, Model: body.Model, Input: body.Messages, Params: &params,
	}
	if body.Stream {
		f.stream(ctx, request)
	} else {
		f.whole(ctx, request)
	}
}

func (f *front) whole(ctx *fasthttp.RequestCtx, request *schemas.BifrostChatRequest) {
	call, cancel := schemas.NewBifrostContextWithCancel(context.Background())
	defer cancel()
	answer, failure := f.core.ChatCompletionRequest(call, request)
	if failure != nil {
		fail(ctx, failure)
		return
	}
	text, err := json.Marshal(answer)
	if err != nil {
		ctx.Error(err.Error(), 500)
		return
	}
	ctx.SetContentType("application/json")
	ctx.SetBody(text)
}

func (f *front) stream(ctx *fasthttp.RequestCtx, request *schemas.BifrostChatRequest) {
	call, cancel := schemas.NewBifrostContextWithCancel(context.Background())
	chunks, failure := f.core.ChatCompletionStreamRequest(call, request)
	if failure != nil {
		cancel()
		fail(ctx, failure)
		return
	}
	ctx.SetContentType("text/event-stream")
	ctx.SetBodyStreamWriter(func(out *bufio.Writer) {
		defer cancel()
		for chunk := range chunks {
			text, err := json.Marshal(chunk)
			if err != nil {
				log.Print(err)
				return
			}
			out.WriteString("data: ")
			out.Write(text)
			out.WriteString("\n\n")
			if out.Flush() != nil {
				return
			}
		}
		out.WriteString("data: [DONE]\n\n")
		out.Flush()
	})
}

func fail(ctx *fasthttp.RequestCtx, failure *schemas.BifrostError) {
	text, _ := json.Marshal(failure)
	ctx.Error(string(text), 502)
}

func main() {
	listen := flag.String("listen", "127.0.0.1:9100", "where to listen")
	upstream := flag.String("upstream", "http://127.0.0.1:9000", "without /v1")
	key := flag.String("key", "sk-compare", "the one key")
	flag.Parse()
	core, err := bifrost.Init(context.Background(), schemas.BifrostConfig{
		Account:         &account{strings.TrimSuffix(*upstream, "/v1")},
		InitialPoolSize: 1000,
		Logger:          bifrost.NewDefaultLogger(schemas.LogLevelError),
	})
	if err != nil {
		log.Fatal(err)
	}
	handler := &front{core, *key}
	server := fasthttp.Server{
		Handler: handler.serve, MaxRequestBodySize: 20 << 20, NoDefaultServerHeader: true, Concurrency: 20000,
	}
	log.Fatal(server.ListenAndServe(*listen))
}

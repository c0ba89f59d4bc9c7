// Streams one chat with Go's own client and prints, for each request of standard input, one line of JSON.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"time"
)

type question struct {
	URL         string `json:"url"`
	Key         string `json:"key"`
	Certificate string `json:"certificate"`
	Body        string `json:"body"`
	// Lines to read before the request is cancelled; 0 for all.
	Cancel int `json:"cancel"`
}

type answer struct {
	Proto  string `json:"proto"`
	Status int    `json:"status"`
	Events string `json:"events"`
	Error  string `json:"error"`
}

func ask(q question) (a answer) {
	pem, err := os.ReadFile(q.Certificate)
	if err != nil {
		return answer{Error: err.Error()}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: true,
	}}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, "POST", q.URL, bytes.NewBufferString(q.Body))
	if err != nil {
		return answer{Error: err.Error()}
	}
	request.Header.Set("Authorization", "Bearer "+q.Key)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return answer{Error: err.Error()}
	}
	defer response.Body.Close()
	a = answer{Proto: response.Proto, Status: response.StatusCode}
	var events strings.Builder
	lines := bufio.NewScanner(response.Body)
	for read := 0; lines.Scan(); read++ {
		events.WriteString(lines.Text() + "\n")
		if q.Cancel > 0 && read == q.Cancel {
			cancel()
			break
		}
	}
	a.Events = events.String()
	if err := lines.Err(); err != nil {
		a.Error = err.Error()
	}
	return a
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			panic(err)
		}
		_ = out.Encode(ask(q))
	}
}

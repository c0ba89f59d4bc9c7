//go:build tools

// Package tools names the programs that the tests build: h2spec speaks HTTP/2 as RFC 9113 has it, rightly and wrongly.
package tools

import _ "github.com/summerwind/h2spec/cmd/h2spec"

"""Serves a GGUF by llama.cpp's own server, as it comes in a package, until standard input ends.

Usage: foreign.py MODEL

The first line of standard output is where it listens.
"""

import os
import sys

import xllamacpp


def parameters(model):
    asked = xllamacpp.CommonParams()
    asked.model.path = model
    asked.model_alias = {"over-there"}
    asked.hostnames = ["127.0.0.1"]
    asked.port = 0
    asked.n_ctx = 1024
    asked.n_parallel = 2
    asked.cpuparams.n_threads = 1
    asked.cpuparams_batch.n_threads = 1
    asked.endpoint_slots = True
    asked.offline = True
    asked.fit_params = False
    asked.warmup = False
    asked.ui = False
    return asked


# A name of its own keeps the server alive: it ends with its last reference.
server = xllamacpp.Server(parameters(sys.argv[1]))
print(server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)

"""Alignment-aware decoding as one writes it with transformers.

Two models, a forward of each for every token, KV caches, float32 on CPU.

usage: loop.py GGUF ADAPTER THREADS
A line of stdin is a request, {"prompt_ids": [...], "max_tokens": n, "alpha": 0.1}; a line of stdout
its answer, {"token_ids": [...], "ms": when each token was there}. The first line says
{"ready": versions}. End tokens do not end an answer. Ends with its stdin.
"""
import json
import math
import os
import sys
import time

import peft
import torch
import transformers
from transformers import AutoModelForCausalLM


def load(gguf):
    folder, name = os.path.split(gguf)
    return AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()


@torch.inference_mode()
def decode(sft, dpo, prompt_ids, max_tokens, alpha):
    step, sft_past, dpo_past = torch.tensor([prompt_ids]), None, None
    token_ids, ms = [], []
    for _ in range(max_tokens):
        of_dpo = dpo(step, past_key_values=dpo_past, use_cache=True, logits_to_keep=1)
        of_sft = sft(step, past_key_values=sft_past, use_cache=True, logits_to_keep=1)
        dpo_past, sft_past = of_dpo.past_key_values, of_sft.past_key_values
        dpo_logp = torch.log_softmax(of_dpo.logits[0, -1], -1)
        sft_logp = torch.log_softmax(of_sft.logits[0, -1], -1)
        plausible = dpo_logp >= dpo_logp.max() + math.log(alpha)
        advantage = (dpo_logp - sft_logp).masked_fill(~plausible, -math.inf)
        token = int(advantage.argmax())
        token_ids.append(token)
        ms.append(1000 * time.perf_counter())
        step = torch.tensor([[token]])
    return {"token_ids": token_ids, "ms": ms}


def main():
    gguf, adapter, threads = sys.argv[1:]
    torch.set_num_threads(int(threads))
    sft = load(gguf)
    # Merged: the faster of the two ways to compute an adapter.
    dpo = peft.PeftModel.from_pretrained(load(gguf), adapter).merge_and_unload().eval()
    versions = f"torch {torch.__version__}, transformers {transformers.__version__}"
    print(json.dumps({"ready": versions}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        answer = decode(sft, dpo, request["prompt_ids"], request["max_tokens"], request["alpha"])
        print(json.dumps(answer), flush=True)


main()

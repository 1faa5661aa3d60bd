"""Does what Lambda does with a new worker: `handle_once.py <code> <module.function> <event.json>`.

Run on its own, in a bare interpreter, with the unpacked package as its only library.
"""

import importlib
import json
import os
import sys


class Context:
    """What handlers and their libraries ask of Lambda's context."""

    function_name = "bench"
    function_version = "$LATEST"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"
    aws_request_id = "00000000-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 29_000


if __name__ == "__main__":
    code, handler, event = sys.argv[1:]
    sys.path.insert(0, code)
    module, function = handler.rsplit(".", 1)
    handle = getattr(importlib.import_module(module), function)
    with open(event) as given:
        answer = handle(json.load(given), Context())
    if isinstance(answer, dict) and answer.get("statusCode", 200) >= 400:
        sys.exit(f"{handler}: {answer}")
    if isinstance(answer, dict) and answer.get("batchItemFailures"):
        sys.exit(f"{handler}: {answer}")
    os._exit(0)  # a worker lives on: what Python tidies up at its end belongs to no start

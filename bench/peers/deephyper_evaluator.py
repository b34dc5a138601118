"""DeepHyper's evaluators without a search.

throughput METHOD IN_FLIGHT WARM_S MEASURED_S   tasks per second of an empty function, 2 workers
gaps METHOD TASKS                               milliseconds between two jobs in a worker, 2 workers, 2 ms of sleep each
sleep METHOD DONE                               8 workers asleep while gather("BATCH", 2) waits, DONE more jobs being over;
                                                each worker says so in the file $ASLEEP
"""

import json
import os
import sys
import threading
import time
import warnings

from deephyper.evaluator import Evaluator

last = threading.local()


def add(job) -> float:
    return job["a"] + 1


def gap(job) -> float:
    start = time.perf_counter()
    before = getattr(last, "end", None)
    time.sleep(0.002)
    last.end = time.perf_counter()
    return -1.0 if before is None else (start - before) * 1000


def sleep(job) -> float:
    if job["a"] < 0:
        return 0.0
    with open(os.environ["ASLEEP"], "a") as file:
        file.write(".")
    time.sleep(60)
    return 0.0


def create(function, method: str, workers: int) -> Evaluator:
    return Evaluator.create(function, method=method, method_kwargs={"num_workers": workers})


def throughput(method: str, in_flight: int, warm: float, measured: float) -> dict:
    evaluator = create(add, method, 2)
    evaluator.submit([{"a": i} for i in range(in_flight)])
    count, began, start = 0, time.perf_counter(), None
    while True:
        done = len(evaluator.gather("BATCH", 1))
        evaluator.submit([{"a": i} for i in range(done)])
        now = time.perf_counter()
        if start is None:
            if now - began >= warm:
                start = now
            continue
        count += done
        if now - start >= measured:
            return {"rate": count / (now - start)}


def gaps(method: str, tasks: int) -> dict:
    evaluator = create(gap, method, 2)
    evaluator.submit([{"a": 0}, {"a": 1}])
    found: list[float] = []
    for _ in range(tasks):
        done = evaluator.gather("BATCH", 1)
        found += [job.output for job in done]
        evaluator.submit([{"a": 0} for _ in done])
    return {"gaps": [value for value in found if value >= 0]}


def main(what: str, method: str, *numbers: str) -> None:
    warnings.simplefilter("ignore")
    if what == "sleep":
        evaluator = create(sleep, method, 8)
        evaluator.submit([{"a": i - int(numbers[0])} for i in range(8 + int(numbers[0]))])
        evaluator.gather("BATCH", 2)
        return
    result = throughput(method, int(numbers[0]), *map(float, numbers[1:])) if what == "throughput" else gaps(method, int(numbers[0]))
    print(json.dumps(result), flush=True)


main(*sys.argv[1:])

"""Tasks per second of concurrent.futures.ProcessPoolExecutor, 2 workers, an empty function: IN_FLIGHT WARM_S MEASURED_S."""

import json
import sys
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor


def objective(params: dict) -> float:
    return params["a"] + 1


def main(in_flight: int, warm: float, measured: float) -> None:
    with ProcessPoolExecutor(max_workers=2) as pool:
        running = deque(pool.submit(objective, {"a": i}) for i in range(in_flight))
        count, began, start = 0, time.perf_counter(), None
        while True:
            running.popleft().result()
            running.append(pool.submit(objective, {"a": count}))
            now = time.perf_counter()
            if start is None:
                if now - began >= warm:
                    start = now
                continue
            count += 1
            if now - start >= measured:
                break
    print(json.dumps({"rate": count / (now - start)}))


main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))

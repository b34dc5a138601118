"""Reads a table that attune wrote and writes it again: csv|arrow FILE; the last line is JSON."""

import json
import sys
import time

import pandas
import pyarrow

form, path = sys.argv[1:]
began = time.perf_counter()
if form == "csv":
    frame = pandas.read_csv(path)
else:
    with pyarrow.ipc.open_file(path) as file:
        frame = file.read_all().to_pandas()
read = time.perf_counter() - began
began = time.perf_counter()
if form == "csv":
    frame.to_csv(path + ".again", index=False)
else:
    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    with pyarrow.ipc.new_file(path + ".again", table.schema) as sink:
        sink.write_table(table)
print(json.dumps({"read": read, "write": time.perf_counter() - began, "rows": len(frame)}))

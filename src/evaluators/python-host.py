"""Serves a Python function to attune: the worker's end of the worker protocol (docs/worker-protocol.md), version 1.

Started as `python python-host.py FILE FUNCTION`, by `python()` of attune. It needs Python 3.8 and nothing but its
standard library. The file is imported once; its function is called on the main thread for every trial, with the
parameters and, if it takes a second argument, a `Trial`. While it is imported and runs, `import attune` gives this
module, for `attune.Pruned` and `attune.RetryLater`.
"""

import _thread
import faulthandler
import io
import json
import math
import os
import re
import signal
import sys
import time

VERSION = 1
# The file descriptors of the protocol: messages; a lifeline, on which aborts come; messages that wait for an answer.
CHANNEL, LIFELINE, BLOCKING = 3, 4, 5
# Seconds that an objective has to look at `trial.aborted` before it is interrupted. The host waits for 0.2.
PATIENCE = 0.05
# Seconds in which a process whose host is gone may end in order.
GRACE = 0.2
DEVICES = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ZE_AFFINITY_MASK")


class Pruned(Exception):
    """Unwinds an objective whose trial is to be pruned. Let it pass."""


class RetryLater(Exception):
    """Raised by an objective that cannot be measured now: the trial comes again, at no cost, in so many seconds."""

    def __init__(self, seconds):
        super().__init__(f"try again in {seconds} s")
        if isinstance(seconds, bool) or not (isinstance(seconds, (int, float)) and 0 <= seconds < math.inf):
            raise ValueError(f"Expected RetryLater to be given seconds ≥ 0, got {seconds!r}")
        self.seconds = seconds


class Invalid(Exception):
    """What an objective returned or reported is nothing that can be measured."""


class Missing(Exception):
    """There is no such function in the file."""


class _Done:
    """What `report` returns, so that `await trial.report(…)` is right as well."""

    def __await__(self):
        return iter(())


_DONE = _Done()


class Trial:
    """What the objective is handed beside the parameters."""

    Pruned = Pruned
    RetryLater = RetryLater

    def __init__(self, host, run):
        self._host = host
        self._dir = run["dir"]
        self._environment = run.get("environment") or {}
        self._pruned = False
        self.number = run["number"]
        self.attempt = run["attempt"]  # 1 for the first execution
        self.baseline = run["baseline"]  # whether this is the untuned configuration
        self.seed = run["seed"]  # 32 bits, the same for every attempt
        self.instance = (run.get("instance") or {}).get("value")  # what is to be measured, where there are instances
        self.worker = run["worker"]  # from 0
        self.leases = run["leases"]  # tokens by pool: trial.leases["gpu"][0]
        self.names = host.names  # those that must be returned
        self.aborted = False  # whether the attempt should end; soon KeyboardInterrupt is raised

    @property
    def should_stop(self):
        return self.aborted

    @property
    def dir(self):
        """A directory of this attempt's own, made at the first look and removed afterwards unless it is to be kept."""
        os.makedirs(self._dir, exist_ok=True)
        return self._dir

    @property
    def environment(self):
        """The environment variables that trackers lend to this attempt; they stand in os.environ for its time."""
        return self._environment

    @property
    def cache(self):
        """A directory that all trials and searches of this user share, never emptied; made at the first look."""
        cache = os.environ["ATTUNE_CACHE"]
        os.makedirs(cache, exist_ok=True)
        return cache

    def report(self, step, values):
        """Tells intermediate values, a number or a dict of them, and raises Pruned when the trial is to end."""
        try:
            step = _plain(step, "the step of a report")
            if not isinstance(step, (int, float)) or isinstance(step, bool) or step < 0:
                raise Invalid(f"Expected the step of a report to be a number ≥ 0, got {step!r}")
            values = _plain(values, "the report")
            for name, value in (values.items() if isinstance(values, dict) else [("value", values)]):
                if not isinstance(value, (int, float)) or isinstance(value, bool):
                    raise Invalid(f"Expected the report of `{name}` to be a number, got {value!r}")
        except Invalid as invalid:
            self._host.invalid = self._host.invalid or str(invalid)
            raise
        self._host.report(self, step, values)
        return _DONE

    def log(self, *texts):
        """Shows the user a line of text, with the number of the trial."""
        self._host.tell(" ".join(map(str, texts)).splitlines(), self.number)


class Printed(io.TextIOBase):
    """What stands in for sys.stdout: what an objective prints becomes lines of its trial's log."""

    def __init__(self, host):
        self._host = host
        self._rest = ""

    def write(self, text):
        trial = self._host.current
        if trial is None or os.getpid() != self._host.pid:
            return sys.__stdout__.write(text)
        *lines, self._rest = (self._rest + text).split("\n")
        if lines:
            self._host.tell(lines, trial.number)
        return len(text)

    def end(self, number):
        """Logs what stands behind the last line end, as the trial is over."""
        rest, self._rest = self._rest, ""
        if rest:
            self._host.tell([rest], number)

    def writable(self):
        return True

    def fileno(self):
        return sys.__stdout__.fileno()

    def flush(self):
        sys.__stdout__.flush()

    @property
    def buffer(self):
        return sys.__stdout__.buffer

    encoding = "utf-8"
    errors = "backslashreplace"


class Host:
    """This process's end of the protocol."""

    def __init__(self):
        self.names = []
        self.current = None  # the trial that runs
        self.invalid = None  # what was wrong with a report of it
        self._interruptible = False  # whether the interrupt may be raised where the main thread is
        self._interrupted = False  # whether it was raised, or waits to be
        self._reports = 0
        self._lock = _thread.allocate_lock()
        self.pid = os.getpid()
        self._main = _thread.get_ident()
        self._lines = open(CHANNEL, "rb", closefd=False)
        self._answers = open(BLOCKING, "rb", closefd=False)
        for fd in (CHANNEL, LIFELINE, BLOCKING):
            os.set_inheritable(fd, False)
        self._printed = sys.stdout = Printed(self)
        signal.signal(signal.SIGINT, self._interrupt)
        _thread.start_new_thread(self._watch, ())

    def serve(self, load):
        for line in self._lines:
            message = _decode(line.decode())
            kind = message["type"]
            if kind == "run":
                self._run(message)
            elif kind == "hello":
                if message["version"] != VERSION:
                    said = f"This Python worker speaks protocol {VERSION}, the host {message['version']}"
                    _send(CHANNEL, {"type": "broken", "message": said})
                    continue
                self.names = message["names"]
                try:
                    self._objective, self._takes_trial = load()
                except Exception as error:
                    _send(CHANNEL, {"type": "broken", "message": _why(error)})
                    continue
                _send(CHANNEL, {"type": "ready", "version": VERSION, "aborts": LIFELINE})
            elif kind == "end":
                return

    def report(self, trial, step, values):
        if trial is not self.current:
            raise RuntimeError(f"trial {trial.number} is over")
        self._reports += 1
        message = {"type": "report", "id": self._reports, "number": trial.number, "step": step, "values": values}
        answer = self._exchange([message], True)
        if answer["type"] == "abort":
            trial.aborted = True
            self._interrupted = True
            raise KeyboardInterrupt(answer["reason"])
        if answer.get("refused") is not None:
            raise RuntimeError(answer["refused"])
        if answer["verdict"] == "prune":
            trial._pruned = True
            raise Pruned()

    def tell(self, lines, number):
        """Logs lines of a trial; blocks while the host is behind."""
        if os.getpid() != self.pid:  # a process that the objective forked
            sys.__stdout__.write("".join(line + "\n" for line in lines))
        else:
            self._exchange([{"type": "log", "line": line, "number": number} for line in lines], False)

    def _exchange(self, messages, answered):
        """Writes messages, and reads the answer if there is one, in one piece: an interrupt waits meanwhile."""
        if os.getpid() != self.pid:
            raise RuntimeError("Only the process that was given the trial can report")
        answer = None
        with self._lock:
            inside = self._interruptible and _thread.get_ident() == self._main
            if inside:
                self._interruptible = False
            try:
                _send(BLOCKING, *messages)
                if answered:
                    answer = self._answers.readline() or os._exit(1)  # the host is gone
            finally:
                if inside:
                    self._interruptible = True
        if inside and self._interrupted is None:
            self._raise()
        return answer and _decode(answer.decode())

    def _run(self, message):
        trial = Trial(self, message)
        environment = message.get("environment") or {}
        restore = _lend(message["leases"], environment) if message["leases"] or environment else None
        self.invalid = None
        self._interrupted = False
        answer = None
        try:
            try:
                self.current = trial
                self._interruptible = True
                returned = self._objective(message["params"], trial) if self._takes_trial else self._objective(message["params"])
                if hasattr(returned, "__await__"):
                    returned = _await(returned)
                self._interruptible = False
                answer = self._judge(trial, returned)
            finally:
                self._interruptible = False
        except SystemExit:
            raise
        except BaseException as error:
            self._interruptible = False
            answer = self._thrown(trial, error)
        self.current = None
        if restore is not None:
            restore()
        self._printed.end(trial.number)
        for stream in (sys.__stdout__, sys.__stderr__):
            try:
                stream.flush()
            except (OSError, ValueError):
                pass  # the objective has closed it
        _send(CHANNEL, answer)

    def _judge(self, trial, returned):
        if trial._pruned:
            return _done(trial, {"state": "pruned"})
        if self.invalid is not None:
            return _failed(trial, "invalid", self.invalid)
        if returned is None:
            return _failed(trial, "invalid", "Expected the objective to return what it measured, got None")
        return {"type": "returned", "number": trial.number, "value": _plain(returned, "what the objective returned")}

    def _thrown(self, trial, error):
        if trial._pruned or isinstance(error, Pruned):
            return _done(trial, {"state": "pruned"})
        if self.invalid is not None or isinstance(error, Invalid):
            return _failed(trial, "invalid", self.invalid or str(error))
        if isinstance(error, RetryLater):
            return _done(trial, {"state": "later", "after": error.seconds * 1000})
        return _failed(trial, "memory" if isinstance(error, MemoryError) else "error", _said(error), stack=_traceback(error))

    def _watch(self):
        """On a thread of its own: aborts, and the end of the host, come while the objective is busy."""
        with open(LIFELINE, "rb", closefd=False) as lines:
            for line in lines:
                message = json.loads(line)
                trial = self.current
                if trial is None or (trial.number, trial.attempt) != (message["number"], message["attempt"]):
                    continue
                trial.aborted = True
                time.sleep(PATIENCE)
                if self.current is trial:
                    _interrupt(self._main)
        time.sleep(GRACE)
        if hasattr(os, "killpg") and os.getpgrp() == self.pid:
            os.killpg(self.pid, signal.SIGKILL)  # with all that it has started
        os._exit(1)

    def _interrupt(self, _number, _frame):
        """The handler of SIGINT. It counts once, and only for a trial that is to end."""
        trial = self.current
        if os.getpid() != self.pid:
            raise KeyboardInterrupt
        if trial is None or not trial.aborted or self._interrupted:
            return
        if self._interruptible:
            self._raise()
        self._interrupted = None  # as soon as the message is written

    def _raise(self):
        self._interrupted = True
        raise KeyboardInterrupt(f"trial {self.current.number} is to end")


def load(file, name):
    """The function of a file, and whether it takes a trial; raises Missing where there is none."""
    import importlib.util

    folder, base = os.path.split(file)
    sys.path[0] = folder
    sys.argv = [file]
    stem = os.path.splitext(base)[0]
    spec = importlib.util.spec_from_file_location(stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[stem] = module
    spec.loader.exec_module(module)
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            own = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
            there = ", ".join(own) or "nothing that can be called"
            raise Missing(f"Expected {file} to have a function `{name}`; it has {there}")
        found = getattr(found, part)
    if not callable(found):
        raise Missing(f"Expected `{name}` in {file} to be a function, got {_type(found)}")
    return found, _takes_trial(found)


def _takes_trial(function):
    """Whether a second argument is wanted: one without a default, or called `trial`."""
    code = getattr(function, "__code__", None)
    if code is not None and not hasattr(function, "__wrapped__"):
        names = code.co_varnames[hasattr(function, "__self__") : code.co_argcount]
        required = len(names) - len(function.__defaults__ or ())
        return required > 1 or (names[1] == "trial" if len(names) > 1 else bool(code.co_flags & 0x04))  # *args
    import inspect  # takes longer to import than all the rest

    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return False  # of C, which does not say
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(positional) > 1:
        return positional[1].default is inspect.Parameter.empty or positional[1].name == "trial"
    return any(p.kind is p.VAR_POSITIONAL for p in parameters)


def _interrupt(thread):
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, signal.SIGINT)  # ends what waits in the operating system, too
    else:
        _thread.interrupt_main()


def _plain(value, what):
    """The value as JSON can hold it. Numbers and arrays of other libraries have `tolist` or `__float__`."""
    kind = type(value)
    if kind is float:
        if math.isfinite(value):
            return value
        raise Invalid(f"Expected {what} to be finite numbers, got {value!r}")
    if kind is int or kind is str or kind is bool or value is None:
        return value
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise Invalid(f"Expected the names in {what} to be str, got {_type(key)}")
        return {str(key): _plain(inner, f"`{key}`") for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner, what) for inner in value]
    if callable(getattr(value, "tolist", None)):
        return _plain(value.tolist(), what)
    if isinstance(value, str):
        return str(value)
    if hasattr(value, "__float__"):
        return _plain(float(value), what)
    raise Invalid(f"Expected {what} to be numbers, got {_type(value)}")


def _await(returned):
    import asyncio

    async def wait():
        return await returned

    return asyncio.run(wait())


def _lend(leases, environment):
    """Says in the environment what is leased, and what trackers lend; returns what takes it back."""
    found = dict(environment)
    for pool, tokens in leases.items():
        text = ",".join(tokens)
        found["ATTUNE_LEASE_" + re.sub("[^A-Z0-9]", "_", pool.upper())] = text
        if pool == "gpu":
            found.update({name: text for name in DEVICES}, CUDA_DEVICE_ORDER="PCI_BUS_ID")
    former = {name: os.environ.get(name) for name in found}
    os.environ.update(found)

    def restore():
        for name, text in former.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text

    return restore


def _done(trial, outcome):
    return {"type": "done", "number": trial.number, "outcome": outcome}


def _failed(trial, kind, message, **detail):
    return _done(trial, {"state": "failed", "failure": {"kind": kind, "message": message, **detail}})


def _type(value):
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _said(error):
    text = str(error)
    return f"{_type(error)}: {text}" if text else _type(error)


def _traceback(error):
    """The traceback of an error, without what is this file's."""
    import traceback

    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith((__file__, "<frozen importlib")):
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace))


def _why(error):
    if isinstance(error, Missing):
        return str(error)
    return f"Cannot load {sys.argv[0]}: {_said(error)}\n{_traceback(error)}"


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_decode = json.JSONDecoder().decode


def _send(fd, *messages):
    text = "".join(_encode(message) + "\n" for message in messages)
    left = memoryview(text.encode())
    while left:
        try:
            left = left[os.write(fd, left) :]
        except OSError:
            os._exit(1)  # the host is gone


sys.modules["attune"] = sys.modules[__name__]  # also in processes that multiprocessing starts

if __name__ == "__main__":
    if sys.version_info < (3, 8):
        sys.exit(f"attune needs Python 3.8 or later, this is {sys.version.split()[0]}")
    faulthandler.enable()  # the last words of a crash
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    _file, _name = sys.argv[1:3]
    Host().serve(lambda: load(_file, _name))

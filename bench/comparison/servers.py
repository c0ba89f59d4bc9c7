"""Processes: started on loopback, measured with all their children, ended."""
import os
import signal
import socket
import subprocess
import threading
import time
from bisect import bisect_left
from pathlib import Path

START_SECONDS = 120


class NotThere(Exception):
    """A side can't be measured here; the sentence says why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree(pid):
    """A process and all that descend from it."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                pass
    return found


def cpu(pids):
    """Seconds of user and system time of processes with all their threads, to the nanosecond."""
    try:
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)
    except OSError as gone:
        raise NotThere("its process has ended") from gone


def memory(pids, name="VmRSS"):
    """Megabytes; VmRSS is now, VmHWM the most there was."""
    return _kilobytes(pids, "status", name) / 1024


def proportional(pids):
    """Kilobytes that are in memory; what processes share is divided among them."""
    return _kilobytes(pids, "smaps_rollup", "Pss")


def _kilobytes(pids, file, name):
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
        except OSError as gone:
            raise NotThere(f"its process {pid} has ended") from gone
        total += sum(int(line.split()[1]) for line in lines if line.startswith(name + ":"))
    return total


def descriptors(pids):
    try:
        return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)
    except OSError as gone:
        raise NotThere("its process has ended") from gone


class Servers:
    """Those that were started; ends all of them."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []
        self.count = 0

    def start(self, command, port, **more):
        """Starts one and waits until it listens; gives its process."""
        self.count += 1
        log = self.folder / f"{self.count}.log"
        with open(log, "wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, **more)
        self.started.append(process)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if process.poll() is not None:
                said = log.read_text(errors="replace").strip().splitlines()[-1:]
                raise NotThere(f"it ended with status {process.returncode}: {' '.join(said)[:200]}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return process
            time.sleep(0.05)
        raise NotThere(f"it did not listen within {START_SECONDS} seconds")

    def stop(self, processes=None):
        ending = list(self.started if processes is None else processes)
        for process in reversed(ending):
            pids = tree(process.pid) if process.poll() is None else []
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pid in pids[1:]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.started.remove(process)


class CpuWatch:
    """Reads the CPU time of several sides ten times a second, so that each turn's part is known afterwards."""

    def __init__(self, pids):
        self.pids = pids
        self.at = []
        self.read = {name: [] for name in pids}
        self.gone = set()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def _watch(self):
        while True:
            last = self.over.is_set()
            self.at.append(time.time())
            for name, its in self.pids.items():
                self.read[name].append(self._now(name, its))
            if last:
                return
            self.over.wait(0.1)

    def _now(self, name, its):
        """What is known last of a side whose process has ended."""
        try:
            return cpu(its)
        except NotThere:
            self.gone.add(name)
            return self.read[name][-1] if self.read[name] else 0.0

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _at(self, name, when):
        values = self.read[name]
        after = bisect_left(self.at, when)
        if after == 0 or after == len(self.at):
            return values[min(after, len(values) - 1)]
        share = (when - self.at[after - 1]) / (self.at[after] - self.at[after - 1])
        return values[after - 1] + share * (values[after] - values[after - 1])

    def between(self, name, begin, end):
        """Seconds of CPU between two times of time.time()."""
        return self._at(name, end) - self._at(name, begin)

"""Many open streams at once: what one costs in memory, and whether all end whole."""
import threading
import time

from .rounds import broken, generate
from .servers import NotThere, descriptors, memory, proportional
from .scenarios import Scenario

LOOK_SECONDS = 0.5
LIGHT = Scenario("", "", "tokens=20", 50, 2)


class MemoryWatch:
    """The most memory and descriptors that some processes had."""

    def __init__(self, pids):
        self.pids = pids
        self.kilobytes = 0
        self.rss = 0
        self.open = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def _watch(self):
        try:
            while not self.over.wait(LOOK_SECONDS):
                self.kilobytes = max(self.kilobytes, proportional(self.pids))
                self.rss = max(self.rss, memory(self.pids))
                self.open = max(self.open, descriptors(self.pids))
        except NotThere:
            pass  # Its streams say so: they are broken.

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def hold(folder, running, held, share=1.0):
    """Opens the streams through a side that was just started and lightly used before."""
    users = held.users(share)
    flags = ["--prompt", "16", "--warm-up", "0s", "--grace", "60s"]
    pids = running.pids()
    bare = descriptors(pids)
    generate(folder, [running], [*LIGHT.flags(share), "--warm-up", "0s", "--duration", f"{LIGHT.seconds}s"])
    time.sleep(1)
    before = {"kilobytes": proportional(pids), "rss": memory(pids)} if pids else None
    flags += ["--concurrency", str(users), "--requests", str(users), "--ramp", f"{held.ramp(share)}s", "--numbered"]
    flags += ["--script", f"tokens={held.tokens(share)} pace=1s"]
    with MemoryWatch(pids) as watch:
        result = generate(folder, [running], flags)
    side = result["sides"][0]
    row = {
        "users": users,
        "held": side["all"]["completed"],
        "broken": broken(side),
        "failures": side["failures"],
        "flaws": side["flaws"],
    }
    if before:
        row["openAtOnce"] = (watch.open - bare) // 2
        row["kilobytesEach"] = (watch.kilobytes - before["kilobytes"]) / users
        row["rssBefore"], row["rssMost"] = before["rss"], watch.rss
    return row

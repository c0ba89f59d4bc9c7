"""Timed scenarios: the sides have their turns, in order and then in reverse, at the hands of one `tayyar bench`."""
import json
import statistics
import subprocess

from .servers import CpuWatch, NotThere, memory
from .sides import HOME

WARM_UP = 1.5  # seconds for each side before its turns, the generator's own included
POINTS = ("p50", "p99", "p999")
KINDS = ("ttft", "delay", "e2e")
LOST = ("usage_differs", "no_done")
AFTER = 0.3  # what a side still does behind its last answer


def asking(running):
    """The generator's flags that name some sides."""
    command = []
    for authority in {each.authority for each in running if each.authority}:
        command += ["--ca", authority]
    for each in running:
        scheme = "https" if each.authority else "http"
        command += ["--url", f"{each.name}={scheme}://127.0.0.1:{each.port}/v1{each.call}", "--key", each.key]
        for header in each.headers:
            command += ["--header", header]
    return command


def generate(folder, running, flags):
    """Runs the generator against some sides and gives its result."""
    out = folder / "bench.json"
    out.unlink(missing_ok=True)
    command = [HOME / "tayyar", "bench", "--model", "sim", "--json", out, *flags, *asking(running)]
    ran = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if not out.exists():
        raise NotThere(f"the generator failed: {ran.stderr.strip()[-300:]}")
    return json.loads(out.read_text())


def warm(folder, running, scenario, seconds, share=1.0):
    flags = scenario.flags(share)
    return generate(folder, [running], [*flags, "--warm-up", "0s", "--duration", f"{seconds}s"])


def measure(folder, running, scenario, rounds, share=1.0):
    """One scenario; what each side did, by name."""
    millis = round(scenario.seconds * rounds * 1000)
    length = [f"{round(WARM_UP * 1000)}ms", "--duration", f"{millis}ms", "--rounds", str(rounds)]
    pids = {each.name: each.pids() for each in running if each.process}
    with CpuWatch(pids) as watch:
        result = generate(folder, running, [*scenario.flags(share), "--warm-up", *length])
    figures = {}
    for side in result["sides"]:
        its = None if side["name"] in watch.gone else pids.get(side["name"])
        figures[side["name"]] = {
            **summed(side),
            "users": scenario.scaled(share),
            "rounds": turns(side, watch if its else None, scenario.unit),
            "rssNow": memory(its) if its else None,
            "rssMost": memory(its, "VmHWM") if its else None,
        }
    over = "direct" if "direct" in figures else scenario.base
    for name, row in figures.items():
        row["added"] = added(row, figures[over]) if over in figures and name != over else None
    return figures


def summed(side):
    return {
        "requests": side["all"]["requests"],
        "failures": side["failures"],
        "flaws": side["flaws"],
        "broken": broken(side),
        "tokensPerSecond": side["all"]["tokensPerSecond"],
        "requestsPerSecond": side["all"]["requestsPerSecond"],
        "ttft": percentiles(side["all"]["ttft"]),
        "delay": percentiles(side["all"]["delay"]),
        "e2e": percentiles(side["all"]["e2e"]),
    }


def broken(side):
    """Answers that were not whole; a lost end shows in the usage, or in a missing [DONE]."""
    return sum(side["failures"].values()) + sum(side["flaws"].get(kind, 0) for kind in LOST)


def percentiles(times):
    return {key: times[key] for key in ("count", *POINTS)}


def turns(side, watch, unit):
    """Each turn with the CPU the side took for it."""
    its = side["turns"]
    rows = []
    for i, turn in enumerate(its):
        done = turn["requests"] - turn["failed"] if unit == "request" else turn["completionTokens"]
        row = {"done": done, **{kind: percentiles(turn[kind]) for kind in KINDS}}
        if watch:
            begin, end = turn["began"] / 1000, turn["ended"] / 1000 + AFTER
            if i + 1 < len(its):
                end = min(end, its[i + 1]["began"] / 1000)
            row["cpuMicros"] = watch.between(side["name"], begin, end) / done * 1e6 if done else None
        rows.append(row)
    return rows


def added(row, direct):
    """Milliseconds over asking directly (or, where nobody does, over the base), medians of the rounds."""
    sums = {}
    for kind in KINDS:
        if not row[kind]["count"] or not direct[kind]["count"]:
            continue
        both = list(zip(row["rounds"], direct["rounds"]))
        for point in POINTS:
            sums[f"{kind}-{point}"] = statistics.median(mine[kind][point] - its[kind][point] for mine, its in both)
    return sums


def cpu_median(row):
    known = [turn["cpuMicros"] for turn in row["rounds"] if turn.get("cpuMicros")]
    return statistics.median(known) if known else None


def cpu_range(row):
    known = [turn["cpuMicros"] for turn in row["rounds"] if turn.get("cpuMicros")]
    return (min(known), max(known)) if known else None


def cpu_ratio(row, base):
    """The median of the rounds' ratios; both were measured in the same rounds."""
    both = [(mine.get("cpuMicros"), its.get("cpuMicros")) for mine, its in zip(row["rounds"], base["rounds"])]
    return statistics.median(mine / its for mine, its in both) if both and all(mine and its for mine, its in both) else None

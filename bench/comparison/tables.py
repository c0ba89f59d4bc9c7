"""The results in Markdown."""
from .rounds import LOST, POINTS, cpu_median, cpu_range, cpu_ratio

BASE = "nginx"  # unless a scenario has another


def number(value, form="{:.1f}"):
    return "-" if value is None else form.format(value)


def ratio(value, base):
    if value is None or not base or base < 0:
        return "-"
    return f"{value / base:.2f}"


def micros(millis):
    if millis is None:
        return "-"
    return f"{millis * 1000:,.0f}" if abs(millis) < 100 else f"{millis:,.0f} ms"


def comparison(result):
    """All of it: what was measured where, then a table a scenario."""
    parts = [heading(result)]
    for scenario in result["scenarios"]:
        rows = held(scenario) if "held" in scenario["kind"] else timed(scenario)
        parts.append(f"#### {scenario['name']}: {scenario['what']}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def heading(result):
    machine = result["machine"]
    lines = [
        f"### {result['began']}, {machine['cores']} cores ({machine['cpu']}), Linux {machine['kernel']}",
        "",
        f"`{result['command']}`; load average before {machine['load']:.1f}; rounds: {result['rounds']}, "
        f"and {result['farRounds']} of those measured apart, beside nginx at the same part of the load.",
        "",
        "| side | version | load | |",
        "|---|---|--:|---|",
    ]
    for side in result["sides"]:
        said = f"not measured: {side['missing']}" if side["missing"] else side["note"]
        apart = "apart; " if side["far"] and not side["missing"] else ""
        lines.append(f"| {side['name']} | {side['version']} | {side['share'] * 100:.0f} % | {apart}{said} |")
    return "\n".join(lines) + "\n"


def timed(scenario):
    unit, rows = scenario["unit"], scenario["rows"]
    delayed = any(row["delay"]["count"] for row in rows.values())
    base = scenario.get("base", BASE)
    to = f"to {base}"
    head = ["", f"CPU us a {unit}", "least to most", to, f"{unit}s/s", to]
    first = "ttft" if any(row["ttft"]["count"] for row in rows.values()) else "e2e"
    what = "first token" if first == "ttft" else "answer"
    # Without a direct way there is nothing that both are later than, and so no ratio.
    than = "later" if "direct" in rows else f"later than {base}"
    ratios = [to] if "direct" in rows else []
    head += [f"{what} {than} by us p50, p99, p99.9", *ratios]
    head += [f"chunk {than} by us p50, p99, p99.9", *ratios] if delayed else []
    head += ["RSS idle, most MB", "broken"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    for name, row in rows.items():
        kinds = [first, "delay"] if delayed else [first]
        cells = timed_cells(scenario, name, row, beside(row, rows, base), kinds, bool(ratios))
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def beside(row, rows, base=BASE):
    """nginx, or a scenario's own base, as it was in the same rounds."""
    return row.get("beside") or rows.get(base)


def timed_cells(scenario, name, row, base, kinds, ratios):
    rate = "requestsPerSecond" if scenario["unit"] == "request" else "tokensPerSecond"
    span = cpu_range(row)
    least = f"{span[0]:.1f} to {span[1]:.1f}" if span else "-"
    cells = [name + load(row), number(cpu_median(row)), least]
    cells += [number(cpu_ratio(row, base) if base else None, "{:.2f}"), f"{row[rate]:,.0f}"]
    cells.append(ratio(row[rate], base[rate]) if base else "-")
    for kind in kinds:
        cells += later(row, base, kind)[: 2 if ratios else 1]
    rss = "-" if row["rssMost"] is None else f"{row['rssIdle']:,.0f}, {row['rssMost']:,.0f}"
    return [*cells, rss, broken(row)]


def load(row):
    return f" ({row['users']} at once)" if row.get("beside") else ""


def later(row, base, kind):
    mine = row["added"] or {}
    its = (base and base["added"]) or {}
    said = ", ".join(micros(mine.get(f"{kind}-{point}")) for point in POINTS) if mine else "-"
    return [said, ratio(mine.get(f"{kind}-p50"), its.get(f"{kind}-p50"))]


def broken(row):
    if not row["broken"]:
        return "0"
    return f"{row['broken']} ({', '.join([*row['failures'], *(kind for kind in LOST if kind in row['flaws'])])})"


def held(scenario):
    lines = [
        "| | streams | open at once | whole | memory a stream, KB | to nginx | RSS before, most MB | broken |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    base = scenario["rows"].get(BASE, {}).get("kilobytesEach")
    for name, row in scenario["rows"].items():
        each = row.get("kilobytesEach")
        rss = f"{row['rssBefore']:,.0f}, {row['rssMost']:,.0f}" if each is not None else "-"
        cells = [name, f"{row['users']:,}", number(row.get("openAtOnce"), "{:,}"), f"{row['held']:,}"]
        cells += [number(each), ratio(each, base), rss, broken(row)]
        lines.append("| " + " | ".join(cells) + " |")
    return lines

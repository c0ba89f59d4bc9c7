"""One figure of the result, drawn: the CPU of a chunk relative to nginx, on a logarithmic scale."""
import math
from xml.sax.saxutils import escape

from .rounds import cpu_ratio

LEFT, RIGHT, TOP, ROW, BOTTOM, WIDTH = 104, 64, 44, 30, 40, 720
TICKS = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200]
NAMES = {"haproxy": "HAProxy", "litellm": "LiteLLM", "bifrost": "Bifrost", "portkey": "Portkey", "netty": "Netty alone", "tayyar": "Tayyar"}
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .quiet { fill: #57606a; font-size: 12px }
  .own { font-weight: 700; fill: #0a6c74 }
  .grid { stroke: #d0d7de } .one { stroke: #57606a } .bar { stroke: #8c959f; stroke-width: 10 }
  .bar.own { stroke: #0e8a94 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .quiet { fill: #9198a1 } .own { fill: #4fd1dc }
    .grid { stroke: #30363d } .one { stroke: #9198a1 } .bar { stroke: #6e7681 } .bar.own { stroke: #2bb3bf }
  }
"""


def ratios(scenario):
    """Each side's ratio to nginx, the cheapest first."""
    rows = scenario["rows"]
    if "nginx" not in rows:
        return []
    found = [(name, cpu_ratio(row, row.get("beside") or rows["nginx"])) for name, row in rows.items() if name != "unseen"]
    return sorted([each for each in found if each[1]], key=lambda each: each[1])


def svg(result):
    """The drawing, or an empty string where S1 was not measured with nginx."""
    scenario = next((each for each in result["scenarios"] if each["name"] == "S1"), None)
    bars = ratios(scenario) if scenario else []
    if not bars:
        return ""
    most = max(value for _, value in bars)
    ticks = [tick for tick in TICKS if min(1, bars[0][1]) / 2 <= tick <= most * 1.2]
    low, high = math.log(min(ticks[0], bars[0][1] * 0.9)), math.log(most * 1.1)
    height = TOP + ROW * len(bars) + BOTTOM

    def x(value):
        return round(LEFT + (math.log(value) - low) / (high - low) * (WIDTH - LEFT - RIGHT), 1)

    title = "CPU of a relayed token, relative to nginx"
    machine = result["machine"]
    foot = f"{scenario['what']}; medians of {result['rounds']} rounds, {machine['cores']} cores, {result['began'][:10]}; logarithmic; less is better"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{title}">',
        f"<style>{STYLE}</style>",
        f'<text x="0" y="18">{title}</text>',
    ]
    bottom = TOP + ROW * len(bars)
    for tick in ticks:
        kind = "one" if tick == 1 else "grid"
        parts.append(f'<path class="{kind}" d="M{x(tick)} {TOP - 6}V{bottom}"/>')
        parts.append(f'<text class="quiet" x="{x(tick)}" y="{bottom + 15}" text-anchor="middle">{tick:g}</text>')
    for i, (name, value) in enumerate(bars):
        parts += bar(name, value, TOP + ROW * i + ROW / 2, x)
    parts.append(f'<text class="quiet" x="0" y="{height - 5}">{escape(foot)}</text></svg>')
    return "\n".join(parts) + "\n"


def bar(name, value, y, x):
    own = " own" if name == "tayyar" else ""
    end = x(value) if value != 1 else x(1) + 1.5
    label = max(x(value), x(1)) + 8
    return [
        f'<text class="{own.strip()}" x="{LEFT - 12}" y="{y + 5}" text-anchor="end">{NAMES.get(name, name)}</text>',
        f'<path class="bar{own}" d="M{x(1)} {y}H{end}"/>',
        f'<text class="{own.strip()}" x="{label}" y="{y + 5}">{value:.{1 if value < 10 else 0}f}</text>',
    ]

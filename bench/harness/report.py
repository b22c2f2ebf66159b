"""The results in Markdown: what was to be reached, and a table for each kind of work."""

import statistics
from collections.abc import Iterator
from pathlib import Path

from .targets import targets

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
RELAYS = ["direct", "usher", "HAProxy", "nginx", "sslh"]
BULK = ["direct", "usher", "HAProxy", "nginx", "HAProxy tuned", "nginx tuned"]
TLS = ["usher TLS", "stunnel", "hitch"]

# Metric → its words, and how a value is written.
METRICS = {
    "rate": ("a second", "{:,.0f}"),
    "cpu_1000": ("CPU ms per 1,000", "{:,.1f}"),
    "segments": ("TCP segments each", "{:.1f}"),
    "p50": ("p50, µs", "{:,.0f}"),
    "p99": ("p99, µs", "{:,.0f}"),
    "p999": ("p99.9, µs", "{:,.0f}"),
    "p99_moment": ("p99 of a moment, µs", "{:,.0f}"),
    "failed": ("failed", "{:,.0f}"),
    "gib_s": ("GiB/s", "{:.2f}"),
    "cpu_gib": ("CPU s/GiB", "{:.3f}"),
    "bytes": ("bytes each", "{:,.0f}"),
    "start_ms": ("ms to listening", "{:.1f}"),
    "resident": ("bytes in memory", "{:,.0f}"),
}
WORK = ["rate", "cpu_1000", "segments", "p50", "p99", "p999", "failed"]
FLOW = ["gib_s", "cpu_gib"]

# Section → peers, and its rows: (row of the results, its words, metrics).
SECTIONS = {
    "Short connections: a ClientHello, a 1 KiB answer": (
        RELAYS,
        [
            ("short", "64 at once", WORK),
            ("short, 2 threads", "64 at once, 2 threads", ["rate", "cpu_1000"]),
            ("rate", "4,000 a second", ["cpu_1000", "segments", "p50", "p99_moment", "p99", "p999", "failed"]),
        ],
    ),
    "Ping-pong: 64 bytes there and back, 64 connections": (
        RELAYS,
        [("pingpong", "messages", ["rate", "cpu_1000", "p50", "p99"])],
    ),
    "Bulk": (
        BULK,
        [
            (f"{way}, {streams}", f"{streams:,} stream{'s' * (streams > 1)} {name}", FLOW)
            for streams in (1, 8, 1000)
            for way, name in (("download", "to the client"), ("upload", "to the server"))
        ],
    ),
    "Memory of its own, a connection": (
        ["usher", "usher, wrapper", "HAProxy", "nginx"],
        [
            ("idle", "9,900 relayed and idle", ["bytes"]),
            ("silent", "9,900 silent in their grace", ["bytes"]),
            ("silent mail client", "9,900 silent before their greeting, greeter connected", ["bytes"]),
        ],
    ),
    "Rules: the name that is asked for is the last": (
        ["usher", "HAProxy", "nginx"],
        [(f"rules, {n}", f"{n:,} rule{'s' * (n > 1)}", ["cpu_1000"]) for n in (1, 100, 10_000)],
    ),
    "A whole SMTP session in plaintext, message of 2 KiB": (
        ["direct", "usher, wrapper", "usher, mirror", "nginx mail"],
        [("mail", "256 at once, grace 20 ms", WORK)],
    ),
    "TLS ended by the proxy": (
        TLS,
        [
            (f"{what}, {key}", f"{words}, {key}", ["rate", "cpu_1000"])
            for key in ("RSA-2048", "P-256")
            for what, words in (("handshakes", "full handshakes"), ("resumed", "resumed"))
        ]
        + [(f"TLS {way}", f"1 stream, {way}", FLOW) for way in ("download", "upload")]
        + [("TLS idle", "1,000 idle", ["bytes"])],
    ),
    "At rest": (["usher, wrapper", "HAProxy", "nginx", "sslh"], [("base", "started", ["start_ms", "resident"])]),
}


def markdown(results: dict) -> str:
    rows = results["rows"]
    parts = [head(results), target_table(rows)]
    for title, (peers, wanted) in SECTIONS.items():
        lines = list(section(rows, peers, wanted))
        if len(lines) > 2:
            parts.append(f"### {title}\n\n" + "\n".join(lines))
    for name, title in {"calls, short": "a short connection", "calls, mail": "an SMTP session"}.items():
        if name in rows:
            parts.append(f"### System calls of {title}\n\n" + "\n".join(calls(rows[name])))
    return "\n\n".join(parts) + "\n"


def head(results: dict) -> str:
    of = results["of"]
    versions = ", ".join(f"{name} {of[name]}" for name in of if name not in ("date", "machine"))
    length = "a quick run" if results["quick"] else "a full run"
    return f"{of['date']}, {length}; {of['machine']}. {versions}."


def target_table(rows: dict) -> str:
    lines = ["| what is wanted | wanted | reached | |", "| --- | --- | --- | --- |"]
    for target in targets():
        value = target.value(rows)
        if value is None:
            continue
        sign, verdict = "≥" if target.at_least else "≤", "yes" if target.is_met(value) else "**no**"
        limit, reached = target.form.format(target.limit), target.form.format(value)
        lines.append(f"| {target.words} | {sign} {limit} | {reached} | {verdict} |")
    return "### What was to be reached\n\n" + "\n".join(lines)


def section(rows: dict, peers: list[str], wanted: list) -> Iterator[str]:
    present = [peer for peer in peers if any(peer in rows.get(name, {}) for name, _, _ in wanted)]
    own = [peer for peer in present if peer.startswith("usher")]
    others = [peer for peer in present if peer not in own and peer != "direct"]
    pairs = [(a, b) for a in own for b in others]
    yield "| | " + " | ".join([*present, *(f"{a} / {b}" for a, b in pairs)]) + " |"
    yield "| --- |" + " ---: |" * (len(present) + len(pairs))
    for name, words, metrics in wanted:
        for metric in metrics:
            row = rows.get(name, {})
            cells = [cell(row.get(peer, {}), metric) for peer in present]
            if any(cells) and (metric != "failed" or any(maximum(row.get(p, {}), metric) for p in present)):
                ratios = [ratio_cell(row, a, b, metric) for a, b in pairs]
                yield f"| {words}: {METRICS[metric][0]} | " + " | ".join([*cells, *ratios]) + " |"


def cell(metrics: dict, metric: str) -> str:
    """Median and spread."""
    if metric not in metrics:
        return "failed" if "error" in metrics else ""
    form, value = METRICS[metric][1], metrics[metric]
    return f"{form.format(value['median'])} ({form.format(value['min'])}–{form.format(value['max'])})"


def maximum(metrics: dict, metric: str) -> float:
    return metrics.get(metric, {}).get("max", 0)


def ratio_cell(row: dict, a: str, b: str, metric: str) -> str:
    value = ratio(row, a, b, metric)
    return "" if value is None or metric == "failed" else f"{value:.2f}"


def ratio(row: dict, a: str, b: str, metric: str) -> float | None:
    """The median of the ratios of each round: what disturbs a round disturbs both."""
    if metric not in row.get(a, {}) or metric not in row.get(b, {}):
        return None
    first, second = row[a][metric], row[b][metric]
    if len(first["values"]) != len(second["values"]):
        return first["median"] / second["median"] if second["median"] else None
    pairs = [x / y for x, y in zip(first["values"], second["values"]) if y]
    return statistics.median(pairs) if pairs else None


def calls(row: dict) -> Iterator[str]:
    """One row a system call, the most frequent first."""
    peers = list(row)
    names = {name for peer in peers for name in row[peer]["calls"]}
    yield "| | " + " | ".join(peers) + " |"
    yield "| --- |" + " ---: |" * len(peers)
    yield "| all | " + " | ".join(f"**{row[peer]['total']:.1f}**" for peer in peers) + " |"
    for name in sorted(names, key=lambda name: -max(row[peer]["calls"].get(name, 0) for peer in peers)):
        counts = (row[peer]["calls"].get(name, 0) for peer in peers)
        yield f"| {name} | " + " | ".join(f"{count:.2f}" if count else "" for count in counts) + " |"


def write(results: dict, page: Path) -> None:
    """Puts the tables between the markers of that page."""
    before, _, rest = page.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{markdown(results)}{END}{after}")

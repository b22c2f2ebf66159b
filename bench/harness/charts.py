"""Bar charts in SVG, drawn from the results: one file a chart, no library."""

from html import escape
from pathlib import Path

WIDTH, LABEL, BAR, GAP, GROUP = 760, 200, 16, 4, 14
USHER, OTHER, TEXT, FAINT = "#2563c9", "#a9b1bd", "#1f2430", "#6b7280"

# File → title, unit, peers, rows of the results with their words, metric, form of a value.
RELAYS = ["usher", "HAProxy", "nginx", "sslh"]
CHARTS = {
    "short": (
        "Short connections: CPU",
        "ms per 1,000",
        RELAYS,
        {"short": "64 at once", "rate": "4,000 a second"},
        "cpu_1000",
        "{:.1f}",
    ),
    "pingpong": (
        "64 bytes there and back: CPU",
        "ms per 1,000",
        RELAYS,
        {"pingpong": "64 connections"},
        "cpu_1000",
        "{:.1f}",
    ),
    "bulk": (
        "Bulk to the client: CPU",
        "s/GiB",
        ["usher", "HAProxy", "nginx", "HAProxy tuned", "nginx tuned"],
        {"download, 1": "1 stream", "download, 8": "8 streams", "download, 1000": "1,000 streams"},
        "cpu_gib",
        "{:.3f}",
    ),
    "memory": (
        "Memory of its own",
        "bytes a connection",
        RELAYS,
        {"idle": "relayed and idle", "silent": "silent in its grace"},
        "bytes",
        "{:,.0f}",
    ),
    "mail": (
        "A whole SMTP session in plaintext: CPU",
        "ms per 1,000",
        ["usher, wrapper", "usher, mirror", "nginx mail"],
        {"mail": "message of 2 KiB"},
        "cpu_1000",
        "{:.1f}",
    ),
    "tls": (
        "TLS ended by the proxy: CPU of a connection",
        "ms per 1,000",
        ["usher TLS", "stunnel", "hitch"],
        {
            "handshakes, RSA-2048": "full, RSA-2048",
            "handshakes, P-256": "full, P-256",
            "resumed, P-256": "resumed",
        },
        "cpu_1000",
        "{:,.0f}",
    ),
}


def draw(results: dict, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (title, unit, peers, rows, metric, form) in CHARTS.items():
        groups = [(words, measured(results["rows"].get(row, {}), peers, metric)) for row, words in rows.items()]
        groups = [(words, bars) for words, bars in groups if bars]
        if groups:
            (folder / f"{name}.svg").write_text(chart(f"{title}, {unit}", groups, form))


def measured(row: dict, peers: list[str], metric: str) -> list[tuple[str, dict]]:
    return [(peer, row[peer][metric]) for peer in peers if metric in row.get(peer, {})]


def chart(title: str, groups: list, form: str) -> str:
    """Horizontal bars, the median; a thin line from the least to the most."""
    most = max(value["max"] for _, bars in groups for _, value in bars)
    scale = (WIDTH - LABEL - 110) / most
    lines = [
        text(16, 24, title, weight="600", size=15),
        text(16, 42, "less is better; the line is the spread", FAINT, size=11),
    ]
    y = 62
    for words, bars in groups:
        lines.append(text(16, y + 11, words, FAINT, size=12))
        y += BAR + GAP
        for peer, value in bars:
            lines += bar(y, peer, value, scale, form)
            y += BAR + GAP
        y += GROUP
    body = "\n".join(f"  {line}" for line in lines)
    size = f'width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}"'
    font = 'font-family="system-ui, -apple-system, Segoe UI, sans-serif"'
    ground = f'  <rect width="{WIDTH}" height="{y}" rx="8" fill="#ffffff"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font} role="img">\n  <title>{escape(title)}</title>'
    return f"{head}\n{ground}\n{body}\n</svg>\n"


def bar(y: int, peer: str, value: dict, scale: float, form: str) -> list[str]:
    own = peer.startswith("usher")
    width, least, most = (value[key] * scale for key in ("median", "min", "max"))
    middle = y + BAR / 2
    return [
        text(LABEL - 10, y + 12, peer, anchor="end", weight="600" if own else "400"),
        f'<rect x="{LABEL}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" fill="{USHER if own else OTHER}"/>',
        f'<path d="M{LABEL + least:.1f} {middle}H{LABEL + most:.1f}" stroke="{TEXT}" stroke-width="1"/>',
        text(LABEL + max(width, most) + 8, y + 12, form.format(value["median"]), weight="600" if own else "400"),
    ]


def text(x: float, y: float, words: str, fill=TEXT, anchor="start", weight="400", size=13) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" font-weight="{weight}" fill="{fill}">{escape(words)}</text>'

"""What was to be reached."""

from collections.abc import Callable
from dataclasses import dataclass

PEERS = ["HAProxy", "nginx"]
WAYS = ["download", "upload"]


@dataclass(frozen=True)
class Target:
    words: str
    limit: float
    # From the rows of the results; None where they do not say.
    value: Callable[[dict], float | None]
    form: str = "{:.2f}"
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


def targets() -> list[Target]:
    return [
        Target("system calls a short connection", 17, calls, "{:.1f}"),
        *relaying(),
        *memory(),
        Target("CPU with 10,000 rules, of 1 rule", 1.15, many_rules),
        *encryption(),
    ]


def relaying() -> list[Target]:
    return [
        Target("CPU of short connections, of HAProxy", 0.90, of("short", "usher", ["HAProxy"], "cpu_1000")),
        Target("CPU of short connections, of nginx", 0.93, of("short", "usher", ["nginx"], "cpu_1000")),
        Target("CPU of ping-pong, of the better peer", 0.90, of("pingpong", "usher", PEERS, "cpu_1000")),
        Target("p99 of ping-pong, of the better peer", 1.0, of("pingpong", "usher", PEERS, "p99")),
        Target("CPU at a fixed rate, of the best peer", 1.0, of("rate", "usher", PEERS, "cpu_1000")),
        Target("p99 of a moment at a fixed rate, of the best peer", 1.0, of("rate", "usher", PEERS, "p99_moment")),
        *(
            Target(f"CPU of bulk, {words}, of {name}", limit, bulk(streams, peers))
            for streams, words in ((1, "1 stream"), (8, "8 streams"))
            for name, limit, peers in (("peers as shipped", 0.28, PEERS), ("tuned HAProxy", 1.0, ["HAProxy tuned"]))
        ),
    ]


def memory() -> list[Target]:
    return [
        Target("bytes an idle relayed connection", 300, median("idle", "usher", "bytes"), "{:,.0f}"),
        Target("bytes a connection in its grace", 700, median("silent", "usher", "bytes"), "{:,.0f}"),
        Target("the same, of a mail listener", 700, median("silent mail client", "usher, wrapper", "bytes"), "{:,.0f}"),
        Target("bytes in memory at rest", 8 << 20, median("base", "usher, wrapper", "resident"), "{:,.0f}"),
        Target("ms from start to listening", 10, median("base", "usher, wrapper", "start_ms"), "{:.1f}"),
    ]


def encryption() -> list[Target]:
    return [
        *(
            Target(f"{words}, {key}, of stunnel", 1.5, of_stunnel(f"{row}, {key}", "rate"), at_least=True)
            for key in ("RSA-2048", "P-256")
            for row, words in (("handshakes", "full handshakes a second"), ("resumed", "resumed handshakes a second"))
        ),
        *(Target(f"CPU of a TLS {way}, of stunnel", 0.8, of_stunnel(f"TLS {way}", "cpu_gib")) for way in WAYS),
    ]


def of_stunnel(row: str, metric: str) -> Callable[[dict], float | None]:
    return of(row, "usher TLS", ["stunnel"], metric)


def of(row: str, own: str, peers: list[str], metric: str) -> Callable[[dict], float | None]:
    """usher's part of the best of those peers."""
    from .report import ratio

    return lambda rows: worst(ratio(rows.get(row, {}), own, peer, metric) for peer in peers)


def bulk(streams: int, peers: list[str]) -> Callable[[dict], float | None]:
    """The worse way, against the better peer."""
    return lambda rows: worst(of(f"{way}, {streams}", "usher", peers, "cpu_gib")(rows) for way in WAYS)


def worst(values) -> float | None:
    return max((value for value in values if value is not None), default=None)


def median(row: str, peer: str, metric: str) -> Callable[[dict], float | None]:
    return lambda rows: rows.get(row, {}).get(peer, {}).get(metric, {}).get("median")


def calls(rows: dict) -> float | None:
    return rows.get("calls, short", {}).get("usher", {}).get("total")


def many_rules(rows: dict) -> float | None:
    many, one = (median(f"rules, {count}", "usher", "cpu_1000")(rows) for count in (10_000, 1))
    return many / one if many and one else None

"""The rows: what is done, by whom, how much of it."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from .measure import Load, interleave
from .peers import CONNECTIONS, MTA_PORT, SINK_PORT, Direct, Peer
from .process import Process, undisturbed

MIB = 1 << 20
RELAYS = ["direct", "usher", "HAProxy", "nginx", "sslh"]
BULK = ["direct", "usher", "HAProxy", "nginx", "HAProxy tuned", "nginx tuned"]
MAIL = ["direct", "usher, wrapper", "usher, mirror", "nginx mail"]
TLS = ["usher TLS", "stunnel", "hitch"]
# Seconds from listening until nobody is busy with the start any more.
AT_REST = 1.0


@dataclass(frozen=True)
class Scale:
    """How much is done: rounds, and work in each of them."""

    rounds: int
    work: float

    def __call__(self, count: int) -> int:
        return int(count * self.work)


QUICK = Scale(rounds=3, work=0.15)
FULL = Scale(rounds=9, work=1)


class Bench:
    """Everything that is measured, row by row; `results` grows with each."""

    def __init__(
        self, scale: Scale, load: Load, sink: Process, usher: Path | None, folder: Path, certificates: dict
    ):
        self.scale = scale
        self.load = load
        self.sink = sink
        self.usher = usher
        self.folder = folder
        self.certificates = certificates
        self.results: dict[str, dict] = {}

    def start(self, names: list[str], port: int = SINK_PORT, **values) -> list:
        peers = []
        try:
            for name in self.present(names):
                peers.append(Direct(port) if name == "direct" else self.peer(name, **values))
            return peers
        except BaseException:
            # One does not start: the others must not stay behind.
            for peer in peers:
                peer.stop()
            raise

    def present(self, names: list[str]) -> list[str]:
        return [name for name in names if self.usher or not name.startswith("usher")]

    def peer(self, name: str, **values) -> Peer:
        return Peer(name, self.folder, self.usher, **values)

    def row(self, name: str, peers: list, run, least_rounds: int = 1) -> None:
        """Runs the row and keeps its results."""
        print(f"  {name}", flush=True)
        self.results[name] = interleave(peers, max(least_rounds, self.scale.rounds), run)

    def work(self, name: str, peers: list, work: str, **words) -> None:
        self.row(name, peers, lambda peer: self.load.run(peer, work, **words))

    # What is measured.

    def short_connections(self) -> None:
        with Running(self.start(RELAYS)) as peers:
            self.work("short", peers, "short", connections=64, count=self.scale(60_000))
            self.fixed_rate(peers)
            self.work("pingpong", peers, "pingpong", connections=64, count=self.scale(400_000))
        with Running(self.start(["direct", "usher", "HAProxy", "nginx"], threads="2")) as peers:
            both = {0, 1}
            run = lambda peer: self.load.run(peer, "short", cpus=both, connections=64, count=self.scale(60_000))
            self.row("short, 2 threads", peers, run)

    def fixed_rate(self, peers: list) -> None:
        # p99 of a run is one of its worst moments: it takes many runs, and seconds, until it is not chance.
        count = max(6_000, self.scale(20_000))
        processes = [self.sink, *(peer.process for peer in peers if peer.process)]
        run = lambda peer: self.load.run(peer, "short", connections=64, count=count, rate=4000)
        with undisturbed(processes):
            self.row("rate", peers, run, least_rounds=7)

    def bulk(self) -> None:
        with Running(self.start(BULK)) as peers:
            for streams in (1, 8, 1000):
                share = self.scale(4096) * MIB // streams
                for way in ("download", "upload"):
                    self.work(f"{way}, {streams}", peers, way, connections=streams, bytes=share)

    def crowds(self) -> None:
        # Each in a fresh process: memory that was in use before would be used again.
        for name, work in {"idle": "idle", "silent": "silent"}.items():
            self.row(name, self.present(["usher", "HAProxy", "nginx"]), lambda peer: self.crowd(peer, work))
        self.row("silent mail client", self.present(["usher, wrapper"]), lambda peer: self.crowd(peer, "silent"))

    def crowd(self, name: str, work: str, connections: int = CONNECTIONS, **values) -> dict:
        with Running([self.peer(name, **values)]) as [peer]:
            return self.load.crowd(peer, work, connections)

    def rules(self) -> None:
        # All of them turn by turn: what is compared is a proxy with itself.
        counts = (1, 100, 10_000)
        with Running(sum((self.start(["usher", "HAProxy", "nginx"], rules=count) for count in counts), [])) as peers:
            for number, peer in enumerate(peers):
                peer.name += f", {counts[number * len(counts) // len(peers)]}"
            self.work("rules", peers, "short", connections=64, count=self.scale(60_000))
        together = self.results.pop("rules")
        for count in counts:
            ending = f", {count}"
            row = {name.removesuffix(ending): value for name, value in together.items() if name.endswith(ending)}
            self.results[f"rules{ending}"] = row

    def mail(self) -> None:
        # The grace is short, and the same for both: it is waited for, and costs no processor time.
        with Running(self.start(MAIL, port=MTA_PORT, grace="20ms")) as peers:
            self.work("mail", peers, "smtp", connections=256, count=self.scale(30_000))

    def tls(self) -> None:
        for key, files in self.certificates.items():
            with Running(self.start(TLS, **files)) as peers:
                count = self.scale(8_000)
                self.work(f"handshakes, {key}", peers, "tls", connections=32, count=count)
                self.work(f"resumed, {key}", peers, "tls", connections=32, count=count, resume=1)
        with Running(self.start(TLS, **files)) as peers:
            for way in ("download", "upload"):
                self.work(f"TLS {way}", peers, f"tls-{way}", connections=1, bytes=self.scale(2048) * MIB)
        self.row("TLS idle", self.present(TLS), lambda peer: self.crowd(peer, "tls-idle", 1000, **files))

    def system_calls(self) -> None:
        with Running(self.start(["usher", "HAProxy", "nginx"])) as peers:
            self.count_calls("calls, short", peers, "short", connections=64, count=self.scale(20_000))
        with Running(self.start(MAIL[1:], grace="20ms")) as peers:
            self.count_calls("calls, mail", peers, "smtp", connections=256, count=self.scale(10_000))

    def count_calls(self, name: str, peers: list, work: str, **words) -> None:
        self.results[name] = {}
        for peer in peers:
            total, calls = self.load.count_calls(peer, work, **words)
            self.results[name][peer.name] = {"total": total, "calls": calls}

    def base(self) -> None:
        def start(name: str) -> dict:
            with Running([self.peer(name, grace="300ms")]) as [peer]:
                time.sleep(AT_REST)
                return {"start_ms": peer.start_seconds * 1000, "resident": peer.process.resident}

        self.row("base", self.present(["usher, wrapper", "HAProxy", "nginx", "sslh"]), start)
        if self.usher:
            self.results["size"] = {"usher": os.stat(self.usher).st_size}


class Running:
    """Peers that are stopped at the end."""

    def __init__(self, peers: list):
        self.peers = peers

    def __enter__(self) -> list:
        return self.peers

    def __exit__(self, *_) -> None:
        for peer in self.peers:
            peer.stop()

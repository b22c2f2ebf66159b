#!/usr/bin/env python3
"""A slow line between two networks: delay-line.py PID PID ROUND-TRIP-MS LOST

Opens a tun device `slow` in the network namespace of each process (10.251.0.1 and 10.251.0.2), and carries packets between
them, each half of the round trip later. Of each TCP connection it loses the first LOST packets of the second network that begin a
TLS record of type handshake. Says `ready`, and ends when it is ended. Kernels without sch_netem need no more than this.
"""
import ctypes, fcntl, heapq, os, select, struct, subprocess, sys, time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 1, 0x1000, 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def device(pid, own, other):
    """The tun device in the network of that process; this process goes there, and its descriptor stays when it leaves."""
    network = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    if libc.setns(network, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"slow", IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "address", "add", own, "peer", other, "dev", "slow"], check=True)
    subprocess.run(["ip", "link", "set", "slow", "up"], check=True)
    return tun


def hello(packet):
    """The connection of a packet that begins a TLS record of type handshake, else nothing."""
    if packet[0] >> 4 != 4 or packet[9] != 6:
        return None
    tcp = (packet[0] & 15) * 4
    payload = tcp + (packet[tcp + 12] >> 4) * 4
    return packet[12:20] + packet[tcp : tcp + 4] if packet[payload : payload + 2] == b"\x16\x03" else None


servers, clients = int(sys.argv[1]), int(sys.argv[2])
delay, most = float(sys.argv[3]) / 2000, int(sys.argv[4])
near = device(servers, "10.251.0.1", "10.251.0.2")
far = device(clients, "10.251.0.2", "10.251.0.1")
print("ready", flush=True)
lost, waiting, number = {}, [], 0
while True:
    wait = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    for tun in select.select([near, far], [], [], wait)[0]:
        packet = os.read(tun, 65536)
        connection = hello(packet) if tun == far else None
        if connection and lost.get(connection, 0) < most:
            lost[connection] = lost.get(connection, 0) + 1
            continue
        number += 1
        heapq.heappush(waiting, (time.monotonic() + delay, number, far if tun == near else near, packet))
    while waiting and waiting[0][0] <= time.monotonic():
        _, _, tun, packet = heapq.heappop(waiting)
        os.write(tun, packet)

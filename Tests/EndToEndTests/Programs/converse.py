"""Speaks SMTP word for word as it is told, some conversations at once, and shows what it hears.

Reads a JSON list of conversations, `{"name": …, "early": …, "from": …, "says": […]}`, and writes an object of their names
with the lines that were heard. Each saying is followed by one reply. An early talker does not wait for the greeting.
"""

import concurrent.futures
import json
import socket
import ssl
import sys

address, port, way, file = sys.argv[1:]
heard = {}
# Made before anybody is connected: it takes longer than some servers wait for TLS.
CONTEXT = ssl._create_unverified_context()


def converse(conversation):
    lines = heard[conversation["name"]] = []
    peer = socket.create_connection((address, int(port)), timeout=60, source_address=(conversation["from"], 0))
    if way == "TLS at once":
        peer = secured(peer)
    stream = peer.makefile("rb")

    def reply():
        while True:
            line = stream.readline()
            if not line:
                raise EOFError
            lines.append(line.decode(errors="backslashreplace").rstrip("\r\n"))
            if line[3:4] != b"-":
                return

    try:
        if not conversation["early"]:
            reply()
        if way == "STARTTLS":
            for line in (b"EHLO client.example\r\n", b"STARTTLS\r\n"):
                peer.sendall(line)
                reply()
            peer = secured(peer)
            stream = peer.makefile("rb")
        for number, line in enumerate(conversation["says"]):
            peer.sendall(line.encode() + b"\r\n")
            reply()
            # postscreen does not end its greeting for an early talker.
            if conversation["early"] and number == 0 and lines[-1].startswith("220"):
                reply()
    except (EOFError, OSError):
        lines.append("000 nothing more")


def secured(peer):
    return CONTEXT.wrap_socket(peer)


# Not all at once: OpenSMTPD forgets some of forty that come together.
with open(file) as conversations, concurrent.futures.ThreadPoolExecutor(6) as threads:
    list(threads.map(converse, json.load(conversations)))
print(json.dumps(heard))

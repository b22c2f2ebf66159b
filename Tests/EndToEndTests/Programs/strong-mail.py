"""Sends a message as a client that uses what it is promised, and shows each reply: UTF-8 addresses, BDAT, pipelining.

A client like that asks first: what EHLO does not promise, it does not use, and gives up with exit code 3. In
capital letters (BDAT), the kind is used all the same; refused is exit code 2.
"""

import socket
import sys

host, port, helo, kind, message = sys.argv[1:]
with open(message, "rb") as file:
    text = file.read().replace(b"\n", b"\r\n")
stuffed = text.replace(b"\r\n.", b"\r\n..") + b".\r\n"
peer = socket.create_connection((host, int(port)), timeout=60)
stream = peer.makefile("rb")


def reply():
    lines = []
    while not lines or lines[-1][3:4] == b"-":
        line = stream.readline()
        if not line:
            sys.exit("the connection was closed")
        print("<", line.decode(errors="replace").rstrip(), flush=True)
        lines.append(line)
    return lines


def say(data, expected=b"2"):
    print(">", data[:80], flush=True)
    peer.sendall(data)
    answer = reply()
    if not answer[-1].startswith(expected):
        peer.sendall(b"QUIT\r\n")
        sys.exit(2)
    return answer


reply()
promised = {line[4:].split()[0].upper() for line in say(b"EHLO " + helo.encode() + b"\r\n", b"250")}
wanted = {"utf8": b"SMTPUTF8", "bdat": b"CHUNKING", "pipelining": b"PIPELINING"}
insists = kind.isupper()
kind = kind.lower()
recipient = "ü@rcpt.test" if kind == "utf8" else "u@rcpt.test"
if wanted[kind] not in promised and not insists:
    print("not promised", flush=True)
    peer.sendall(b"QUIT\r\n")
    sys.exit(3)
sender = "MAIL FROM:<a@sender.example>" + (" BODY=8BITMIME SMTPUTF8" if kind == "utf8" else "")
commands = [f"{line}\r\n".encode() for line in (sender, f"RCPT TO:<{recipient}>")]
if kind == "pipelining":
    peer.sendall(b"".join(commands) + b"DATA\r\n")
    refused = [answer for answer in (reply(), reply(), reply()) if answer[-1][:1] not in b"23"]
    if refused:
        sys.exit(2)
    say(stuffed, b"250")
else:
    for command in commands:
        say(command)
    if kind == "bdat":
        middle = len(text) // 2
        say(b"BDAT %d\r\n" % middle + text[:middle])
        say(b"BDAT %d LAST\r\n" % (len(text) - middle) + text[middle:], b"250")
    else:
        say(b"DATA\r\n", b"354")
        say(stuffed, b"250")
say(b"QUIT\r\n", b"221")

"""Delivers a message through the standard input and output of a program, such as `openssl s_client -quiet`."""

import re
import subprocess
import sys

helo, sender, recipient, message, *command = sys.argv[1:]
with open(message, "rb") as file:
    text = b"\r\n".join(re.sub(rb"^\.", b"..", line) for line in file.read().splitlines()) + b"\r\n.\r\n"
peer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def reply(code):
    while True:
        line = peer.stdout.readline()
        print("<", line.decode(errors="replace").rstrip(), flush=True)
        if not line:
            sys.exit("the connection was closed")
        if line[3:4] != b"-":
            if not line.startswith(code):
                sys.exit(f"expected {code.decode()}")
            return


def say(line, code):
    print(">", line[:60].decode(), flush=True)
    peer.stdin.write(line)
    peer.stdin.flush()
    reply(code)


# The greeting was read by s_client already, or is not sent again after STARTTLS.
if "-starttls" not in command:
    reply(b"220")
else:
    # Without -quiet's usual chatter it still shows the last line of the EHLO reply that it read itself.
    pass
say(f"EHLO {helo}\r\n".encode(), b"250")
say(f"MAIL FROM:<{sender}>\r\n".encode(), b"250")
say(f"RCPT TO:<{recipient}>\r\n".encode(), b"250")
say(b"DATA\r\n", b"354")
say(text, b"250")
# Not with a capital letter: s_client takes Q at the beginning of a line for its own.
say(b"quit\r\n", b"221")

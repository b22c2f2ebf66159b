// load: the clients. One thread does one kind of work against one port and prints what it saw as a line of JSON.
//
//   load short    --to PORT --connections N --count N [--rate N]   a 1 KiB answer, then the next; at a fixed rate
//   load pingpong --to PORT --connections N --count N              64 bytes there and back
//   load download --to PORT --connections N --bytes N              and upload: so many bytes on each connection
//   load idle     --to PORT --connections N                        routed and relayed, then nothing until stdin ends
//   load silent   --to PORT --connections N                        connected, then nothing until stdin ends
//   load smtp     --to PORT --connections N --count N              a whole session with one message of 2 KiB
//   load tls      --to PORT --connections N --count N [--resume 1] handshake, a 1 KiB answer
//   load tls-download, tls-upload, tls-idle                        as above, inside TLS
//
// `--name` is the name that the clients ask for.

import CEpoll
import Glibc
import Traffic

sleep_exactly()

let words = Words(CommandLine.arguments)
let reactor = Reactor()
let work: any Work =
  switch words.work {
  case "short": ShortConnections(reactor, words)
  case "pingpong": PingPong(reactor, words)
  case "download": Bulk(reactor, words, .answer)
  case "upload": Bulk(reactor, words, .drain)
  case "idle": Crowd(reactor, words, speaks: true)
  case "silent": Crowd(reactor, words, speaks: false)
  case "smtp": MailSessions(reactor, words)
  case "tls": Handshakes(reactor, words)
  case "tls-download": EncryptedBulk(reactor, words, .answer)
  case "tls-upload": EncryptedBulk(reactor, words, .drain)
  case "tls-idle": EncryptedCrowd(reactor, words)
  default: fail("no such work: \(words.work)")
  }
work.prepare()
let start = now()
work.begin()
while !work.isDone { reactor.turn(within: work.untilNext) }
say(work.findings.line(seconds: Double(now() - start) / 1e9))

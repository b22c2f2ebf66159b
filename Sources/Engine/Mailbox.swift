import Dialogues
import Kernel
import Routing
import Synchronization
import SystemPackage
import Wire

/// What one thread tells another.
enum Letter: Sendable {
  /// Here is a client of yours.
  case arrival(Arrival)
  /// New connections live under this from now on.
  case front(Front)
  /// A server of that plan has promised this.
  case learned(ServerID, Capabilities, Plan)
  /// A server went down, or came back.
  case standing
  /// Close the doors, tell the conversations; what is left then is ended.
  case drain(until: Instant)
}

/// A client that was accepted by one thread for another. Its descriptor is closed if nobody takes it.
final class Arrival: @unchecked Sendable {
  // Safe: it is made by one thread, then handed over to one other through the mailbox's lock.
  private var socket: Descriptor?
  let client: Endpoint
  let listener: Int
  let local: Endpoint
  let plan: Plan

  init(socket: consuming Descriptor, client: Endpoint, local: Endpoint, listener: Int, plan: Plan) {
    self.socket = consume socket
    self.client = client
    self.local = local
    self.listener = listener
    self.plan = plan
  }

  func take() -> Descriptor? { socket.take() }
}

/// Letters to one thread.
final class Mailbox: Sendable {
  private let letters = Mutex<[Letter]>([])
  private let wakeup: Wakeup
  /// How many connections the thread has, or has letters of.
  let load = Counter()

  init() throws(Errno) { wakeup = try Wakeup() }

  /// For epoll: readable while there are letters.
  var number: CInt { wakeup.number }

  func post(_ letter: Letter) {
    let isFirst = letters.withLock { letters in
      letters.append(letter)
      return letters.count == 1
    }
    if isFirst { wakeup.wake() }
  }

  func takeAll() -> [Letter] {
    wakeup.clear()
    return letters.withLock { letters in
      defer { letters = [] }
      return letters
    }
  }
}

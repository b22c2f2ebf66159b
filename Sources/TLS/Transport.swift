// Between OpenSSL and the socket: a BIO of our own, for three reasons.
//   - What was read before TLS began comes first.
//   - What OpenSSL writes is gathered, so that a flight of the handshake, or four records of data, are one send. OpenSSL
//     therefore never waits for the socket: what the socket does not take stays here, and the caller offers no more.
//   - A short recv means that the socket is drained, so OpenSSL is not let ask again.

private import COpenSSL
private import Glibc

/// The socket's side of one session. Lives on the heap, because the BIO holds its address.
struct Transport {
  let descriptor: Int32
  /// What was read before TLS began and OpenSSL has not taken.
  private var front: ArraySlice<UInt8>
  private(set) var outgoing = Outgoing()
  /// Whether the last recv gave less than it was asked for.
  var isDrained = false
  /// Whether what is gathered may wait for what is written next: nobody waits for it.
  private(set) var isHeld = false
  /// Whether the peer has sent FIN.
  private(set) var hasEnded = false
  /// What came from the peer and what was sent to it, in bytes as on the socket; what was read before TLS is not counted.
  private(set) var bytesReceived: UInt64 = 0
  private(set) var bytesSent: UInt64 = 0
  /// What broke the socket.
  private(set) var errno: Int32?

  /// OpenSSL's own BIO of the socket, which knows how to hand keys to the kernel; nil where the kernel takes none.
  private let kernel: OpaquePointer?
  /// Whether the kernel seals what is sent.
  private(set) var isSealedByKernel = false

  init(descriptor: Int32, front: [UInt8], offersKernel: Bool) {
    self.descriptor = descriptor
    self.front = front[...]
    kernel = offersKernel ? BIO_new_socket(descriptor, BIO_NOCLOSE) : nil
  }

  /// How many bytes were read, 0 at the end, or nil when there are none now.
  mutating func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    if !front.isEmpty { return takeFront(into: buffer) }
    if isDrained || errno != nil { return nil }
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count >= 0 {
        isDrained = count < buffer.count
        hasEnded = hasEnded || (count == 0 && !buffer.isEmpty)
        bytesReceived += UInt64(count)
        return count
      }
      if Glibc.errno == EINTR { continue }
      if Glibc.errno != EAGAIN { errno = Glibc.errno }
      return nil
    }
  }

  private mutating func takeFront(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(front.count, buffer.count)
    buffer.copyBytes(from: front.prefix(count))
    front = count == front.count ? [] : front.dropFirst(count)
    return count
  }

  /// Room for what OpenSSL is about to write.
  mutating func reserve(_ count: Int) { outgoing.reserve(count) }

  mutating func append(_ bytes: UnsafeRawBufferPointer) { outgoing.append(bytes) }

  /// Lets what is gathered wait for what is written next.
  mutating func hold() { isHeld = true }

  /// Sends what is gathered.
  /// - Returns: whether nothing is left.
  mutating func flush() -> Bool {
    isHeld = false
    outgoing.remove(first: send(outgoing.bytes))
    guard outgoing.isEmpty else { return false }
    outgoing.release()
    return true
  }

  /// Sends what the socket takes.
  /// - Returns: how much that was.
  mutating func send(_ bytes: UnsafeRawBufferPointer) -> Int {
    var total = 0
    while total < bytes.count, errno == nil {
      let count = Glibc.send(descriptor, bytes.baseAddress! + total, bytes.count - total, Int32(MSG_NOSIGNAL))
      if count >= 0 {
        total += count
      } else if Glibc.errno != EINTR {
        if Glibc.errno != EAGAIN { errno = Glibc.errno }
        break
      }
    }
    bytesSent += UInt64(total)
    return total
  }

  /// Frees what it holds.
  mutating func release() {
    outgoing.release()
    BIO_free(kernel)
  }
}

// MARK: - The kernel's part

extension Transport {
  /// What OpenSSL has to say to its own BIO of a socket; that handles nothing but keys and what is said with them.
  fileprivate mutating func control(_ command: Int32, _ number: Int, _ argument: UnsafeMutableRawPointer?) -> Int {
    guard let kernel else { return 0 }
    guard command == KernelTLS.setKey else { return BIO_ctrl(kernel, command, number, argument) }
    // What was sealed here must be on its way before the kernel begins.
    guard number != 0, flush(), KernelTLS.prepare(descriptor) else { return 0 }
    let result = BIO_ctrl(kernel, command, number, argument)
    isSealedByKernel = result > 0
    return result
  }

  /// What OpenSSL itself says when the kernel seals: alerts, tickets.
  /// - Returns: how much was taken, or nil when it is to come again.
  fileprivate mutating func tellKernel(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let count = BIO_write(kernel, bytes.baseAddress, Int32(bytes.count))
    if count <= 0, usher_wants_retry(kernel) == 0 { errno = Glibc.errno }
    return count > 0 ? Int(count) : nil
  }
}

/// Bytes that wait for the socket; no memory while there are none.
struct Outgoing {
  private var storage: UnsafeMutableRawBufferPointer?
  private var start = 0
  private var end = 0

  var isEmpty: Bool { start == end }
  var count: Int { end - start }
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: (storage ?? .init(start: nil, count: 0))[start..<end])
  }

  mutating func reserve(_ count: Int) {
    let capacity = storage?.count ?? 0
    if capacity - end >= count { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(512, end - start + count), alignment: 16)
    larger.copyMemory(from: bytes)
    end -= start
    start = 0
    storage?.deallocate()
    storage = larger
  }

  mutating func append(_ more: UnsafeRawBufferPointer) {
    reserve(more.count)
    storage?.baseAddress?.advanced(by: end).copyMemory(from: more.baseAddress!, byteCount: more.count)
    end += more.count
  }

  mutating func remove(first count: Int) { start += count }

  mutating func release() {
    storage?.deallocate()
    self = Outgoing()
  }
}

extension Transport {
  /// Makes the BIO. It and the session hold the address; the session frees it, after the BIO.
  static func makeBIO(_ transport: UnsafeMutablePointer<Transport>) -> OpaquePointer? {
    guard let bio = BIO_new(method) else { return nil }
    BIO_set_data(bio, transport)
    BIO_set_init(bio, 1)
    return bio
  }

  /// Made once, only read after that.
  nonisolated(unsafe) private static let method: OpaquePointer = {
    // Only memory can fail here, and only at start.
    guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket with a front") else {
      fatalError("no memory for a BIO method")
    }
    BIO_meth_set_read_ex(method, read)
    BIO_meth_set_write_ex(method, write)
    BIO_meth_set_ctrl(method, control)
    return method
  }()

  private typealias Buffer = UnsafeMutablePointer<CChar>
  private typealias Count = UnsafeMutablePointer<Int>

  private static func of(_ bio: OpaquePointer?) -> UnsafeMutablePointer<Transport> {
    BIO_get_data(bio).assumingMemoryBound(to: Transport.self)
  }

  private static let read: @convention(c) (OpaquePointer?, Buffer?, Int, Count?) -> Int32 = { bio, out, length, read in
    usher_clear_retry(bio)
    guard let count = of(bio).pointee.receive(into: UnsafeMutableRawBufferPointer(start: out, count: length)) else {
      if of(bio).pointee.errno == nil { usher_should_retry_reading(bio) }
      return 0
    }
    read?.pointee = count
    return count > 0 ? 1 : 0
  }

  private static let write: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, Int, Count?) -> Int32 = {
    bio, bytes, length, written in
    usher_clear_retry(bio)
    let bytes = UnsafeRawBufferPointer(start: bytes, count: length)
    if of(bio).pointee.isSealedByKernel {
      guard let count = of(bio).pointee.tellKernel(bytes) else {
        if of(bio).pointee.errno == nil { usher_should_retry_writing(bio) }
        return 0
      }
      written?.pointee = count
      return 1
    }
    if length > 0 { of(bio).pointee.append(bytes) }
    written?.pointee = length
    return 1
  }

  private static let control: @convention(c) (OpaquePointer?, Int32, Int, UnsafeMutableRawPointer?) -> Int = {
    bio, command, number, argument in
    switch command {
    // The session flushes, behind the whole flight.
    case BIO_CTRL_FLUSH: 1
    case BIO_CTRL_EOF: of(bio).pointee.hasEnded ? 1 : 0
    default: of(bio).pointee.control(command, number, argument)
    }
  }
}

// What session tickets are sealed with (RFC 5077 §4): AES-256-CBC and HMAC-SHA-256. Whoever has the keys can read recorded
// sessions of TLS 1.2, so they are random, live in memory alone, and not for long.

private import COpenSSL
private import Kernel
private import Synchronization
import Wire

/// The keys of now and of a while ago; any thread may ask.
final class TicketKeys: Sendable {
  struct Key: Sendable, Equatable {
    static let nameLength = 16
    fileprivate static let secretLength = 32
    /// Stands in clear in every ticket.
    let name: [UInt8]
    let cipher: [UInt8]
    let mac: [UInt8]

    fileprivate init() {
      var random = [UInt8](repeating: 0, count: Key.nameLength + 2 * Key.secretLength)
      precondition(RAND_bytes(&random, Int32(random.count)) == 1, "no randomness")
      name = Array(random.prefix(Key.nameLength))
      cipher = Array(random.dropFirst(Key.nameLength).prefix(Key.secretLength))
      mac = Array(random.suffix(Key.secretLength))
    }
  }

  /// The same for all contexts of the process, so that sessions survive a reload. A ticket can be opened for at least twice as
  /// long as a session may be resumed, and for twice that at most.
  static let ofProcess = TicketKeys(period: .seconds(2 * ServerContext.sessionLifetime))

  /// How long a key seals; for as long again it opens.
  private let period: Duration
  private let keys = Mutex<[(key: Key, since: Instant)]>([])

  /// - Parameter period: how long a key seals.
  init(period: Duration) { self.period = period }

  /// What a ticket is sealed with.
  func sealing(at now: Instant) -> Key { current(at: now)[0] }

  /// What a ticket was sealed with, unless it is too old, or somebody else's.
  func opening(_ name: UnsafeRawBufferPointer, at now: Instant) -> Key? {
    current(at: now).first { $0.name.elementsEqual(name) }
  }

  private func current(at now: Instant) -> [Key] {
    keys.withLock { keys in
      keys.removeAll { now - $0.since >= period + period }
      if (keys.first?.since).map({ now - $0 >= period }) ?? true { keys.insert((Key(), now), at: 0) }
      return keys.map(\.key)
    }
  }
}

extension TicketKeys {
  /// Lets a context seal and open its tickets with the keys of the process.
  static func use(in context: OpaquePointer) { SSL_CTX_set_tlsext_ticket_key_evp_cb(context, seal) }

  private typealias Bytes = UnsafeMutablePointer<UInt8>
  private typealias Seal =
    @convention(c) (OpaquePointer?, Bytes?, Bytes?, OpaquePointer?, OpaquePointer?, Int32) -> Int32

  /// SSL_CTX_set_tlsext_ticket_key_evp_cb(3): 1 is fine, 2 is fine but a new ticket is due, 0 is no such key, -1 is broken.
  private static let seal: Seal = { _, name, iv, cipher, mac, isSealing in
    guard let name, let iv else { return -1 }
    let current = ofProcess.sealing(at: .now)
    if isSealing == 1 {
      name.update(from: current.name, count: Key.nameLength)
      guard RAND_bytes(iv, EVP_CIPHER_get_iv_length(aes)) == 1 else { return -1 }
      return prepare(cipher, mac, current, iv, isSealing: true) ? 1 : -1
    }
    guard let key = ofProcess.opening(UnsafeRawBufferPointer(start: name, count: Key.nameLength), at: .now) else {
      return 0
    }
    guard prepare(cipher, mac, key, iv, isSealing: false) else { return -1 }
    return key == current ? 1 : 2
  }

  private static func prepare(
    _ cipher: OpaquePointer?, _ mac: OpaquePointer?, _ key: Key, _ iv: UnsafePointer<UInt8>, isSealing: Bool
  ) -> Bool {
    EVP_CipherInit_ex2(cipher, aes, key.cipher, iv, isSealing ? 1 : 0, nil) == 1
      && usher_set_hmac_sha256_key(mac, key.mac, key.mac.count) == 1
  }

  /// Looked up once: it is what a ticket would cost most by.
  nonisolated(unsafe) private static let aes = EVP_CIPHER_fetch(nil, "AES-256-CBC", nil)
}

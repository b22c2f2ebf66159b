private import COpenSSL

/// Why TLS cannot be had, in words.
public struct TLSError: Error, Sendable, Hashable {
  /// Names the file, if one is to blame, and the reason.
  public let reason: String

  public init(reason: String) { self.reason = reason }
}

/// What OpenSSL says of its last failure. The queue is the thread's: what is left in it would be blamed on the next session.
enum ErrorQueue {
  static func clear() { ERR_clear_error() }

  /// Empties the queue.
  /// - Returns: the first error that has a reason; it is the cause, the others are what came of it.
  static func drain() -> (library: Int32, code: Int32, text: String)? {
    var cause: (Int32, Int32, String)?
    while true {
      let error = ERR_get_error()
      if error == 0 { return cause }
      if cause == nil { cause = (library(error), code(error), text(error)) }
    }
  }

  // As ERR_GET_LIB and ERR_GET_REASON have it.
  private static func library(_ error: UInt) -> Int32 { Int32(truncatingIfNeeded: error >> 23 & 0xFF) }
  private static func code(_ error: UInt) -> Int32 { Int32(truncatingIfNeeded: error & 0x7F_FFFF) }
  private static func text(_ error: UInt) -> String {
    ERR_reason_error_string(error).map { String(cString: $0) } ?? "error \(error)"
  }
}

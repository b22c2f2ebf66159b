import CLinux
import Glibc

/// A thread of the system.
public struct Thread: Sendable {
  private let handle: pthread_t

  /// Starts one that is to be joined: until then the kernel's and the library's part of it stay.
  /// - Parameters:
  ///   - name: what `top -H` shows, at most 15 bytes.
  ///   - body: what it does.
  public init(_ name: String, _ body: @escaping @Sendable () -> Void) {
    precondition(name.utf8.count <= 15, "the name of a thread is too long")
    let start = Unmanaged.passRetained(Start(name, body))
    var handle = pthread_t()
    let result = pthread_create(
      &handle, nil,
      { argument in
        Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, start.toOpaque())
    precondition(result == 0, "no thread can be started")
    self.handle = handle
  }

  /// Starts one that nobody waits for: nothing of it is left when its body has ended.
  public static func detach(_ name: String, _ body: @escaping @Sendable () -> Void) {
    pthread_detach(Thread(name, body).handle)
  }

  /// Waits for its end; once.
  public func join() { pthread_join(handle, nil) }

  private final class Start: Sendable {
    private let name: String
    private let body: @Sendable () -> Void

    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }

    func run() {
      _ = name.withCString { clinux_prctl(PR_SET_NAME, UInt(bitPattern: $0)) }
      body()
    }
  }
}

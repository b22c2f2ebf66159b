import Glibc

/// A value that threads share, and whose changes they can wait for: a mutex with its condition variable.
///
/// For what happens a few times a second. Engine threads meet it only where they hand a line to the log.
public final class Monitor<Value: Sendable>: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var value: Value

  /// - Parameter value: what is shared, at first.
  public init(_ value: Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Looks at it or changes it, without waking those who wait.
  public func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&value)
  }

  /// Changes it, and wakes all who wait.
  public func change<Result>(_ body: (inout Value) -> Result) -> Result {
    defer { pthread_cond_broadcast(changed) }
    return withLock(body)
  }

  /// Waits until it is so, then looks at it or changes it, without waking others.
  public func wait<Result>(until isSo: (Value) -> Bool, then body: (inout Value) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !isSo(value) { pthread_cond_wait(changed, mutex) }
    return body(&value)
  }
}

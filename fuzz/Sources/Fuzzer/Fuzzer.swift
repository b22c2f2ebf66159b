// libFuzzer, which comes with the Swift toolchain: `-sanitize=fuzzer` instruments the code and links it.

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

nonisolated(unsafe) private var test: ([UInt8]) -> Void = { _ in }

/// Runs libFuzzer with the words of the command line. What traps in `body` is what it looks for.
/// - Parameter body: is given one input after the other.
public func fuzz(_ body: @escaping ([UInt8]) -> Void) {
  test = body
  var count = CommandLine.argc
  var words = CommandLine.unsafeArgv
  _ = runDriver(&count, &words) { start, count in
    test(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  }
}

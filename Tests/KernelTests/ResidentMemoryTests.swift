import Glibc
import Kernel
import Testing

@Suite(.serialized) struct ResidentMemoryTests {
  /// In KiB, of pages of files (proc_pid_status(5), `RssFile`).
  private var filePages: Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, CInt(line.count), file) != nil {
      let words = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }.split(
        whereSeparator: \.isWhitespace)
      if words.first == "RssFile:" { return words.count > 1 ? Int(words[1]) : nil }
    }
    return nil
  }

  /// Most of a test program is code and constants, few of which it needs at a time.
  @Test func whatWasNeededIsGivenBack() throws {
    let before = try #require(filePages)
    ResidentMemory.release()
    let after = try #require(filePages)
    #expect(after < before / 2)
  }
}

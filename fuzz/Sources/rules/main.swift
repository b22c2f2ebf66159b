// A rules file: whatever stands in it, it is read or refused with words, and each word points into the file.

import Fuzzer
import RuleLanguage

fuzz { bytes in
  let file = RulesFile(bytes, name: "fuzz.yaml")
  let isRefused = file.diagnostics.contains { $0.severity == .error }
  precondition((file.configuration == nil) == isRefused, "refused without a word, or taken in spite of an error")
  for diagnostic in file.diagnostics {
    for position in [diagnostic.position] + diagnostic.notes.map(\.position) {
      precondition(position.line >= 1 && position.length >= 1, "a place without a character")
      precondition((1...position.source.count + 1).contains(position.column), "a place beyond its line")
    }
    precondition(!diagnostic.text(.coloured).isEmpty && !diagnostic.json.isEmpty, "nothing to say")
  }
}

import Foundation
import Routing
import RuleLanguage
import Testing

@Suite struct RulesFileTests {
  @Test func theContractLoads() throws {
    let text = try Data(contentsOf: URL(fileURLWithPath: "fixtures/rules/good/contract.yaml"))
    let file = RulesFile(Array(text), name: "contract.yaml")
    let configuration = try #require(file.configuration)
    let greeter = try #require(configuration.listeners[0].greeter)
    #expect(configuration[greeter].name == "stunnel")
    #expect(configuration.servers.map(\.name) == ["stunnel", "partner-mta", "legacy-mta"])
  }
}

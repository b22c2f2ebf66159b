import Routing

/// What new clients meet: a plan, and the doors that lead to it. Connections keep the plan, and not the doors, which close when
/// the last thread lets them go.
struct Front: Sendable {
  let plan: Plan
  let doors: [OpenDoor]

  /// Opens the doors that are not open yet; when one cannot be, those that were opened are closed again.
  init(_ configuration: Configuration, after old: Front?) throws(EngineError) {
    plan = try Plan(configuration, after: old?.plan)
    var doors: [OpenDoor] = []
    for (index, listener) in configuration.listeners.enumerated() {
      for door in listener.doors {
        let open = old?.doors.filter { $0.door == door }.map(\.socket) ?? []
        let sockets = open.isEmpty ? try ListeningSocket.open(door, listener: listener.name) : open
        doors += sockets.map { OpenDoor(door, listener: index, socket: $0) }
      }
    }
    for open in doors { open.setAcknowledging(dialogue: configuration.listeners[open.listener].dialogue) }
    self.doors = doors
  }

  private init(plan: Plan, doors: [OpenDoor]) {
    self.plan = plan
    self.doors = doors
  }

  /// The same without its doors.
  var closed: Front { Front(plan: plan, doors: []) }

  /// Whether it has that socket.
  func has(_ socket: ListeningSocket) -> Bool { doors.contains { $0.socket === socket } }
}

import Dialogues
import Kernel
import Routing
import Sessions
import Wire

// What comes from outside: another plan, the end, what was learned.

extension Worker {
  /// New clients meet that.
  func adopt(_ front: Front) {
    guard endsAt == nil else { return }
    closeDoors()
    let old = edition
    doors = front.doors
    edition = Edition(plan: front.plan, hostname: house.hostname)
    editionNumber = Generation.after(editionNumber)
    edition.keepPromises(of: old)
    acceptsAgain = nil
    openDoors()
    scheduleInquiries()
  }

  /// Closes the doors and tells the conversations; relays may go on until then.
  func drain(until deadline: Instant) {
    let isFirst = endsAt == nil
    endsAt = deadline
    guard isFirst else { return }
    closeDoors()
    doors = []
    for key in connections.keys {
      guard connections[key.index].phase == .conversing else { continue }
      connections[key.index].conversation?.stopped(at: now, &instructions)
      carryOn(&connections[key.index])
      settle(key)
    }
  }

  /// The time is over.
  func endAll() {
    for key in connections.keys {
      end(&connections[key.index], .stopped)
      settle(key)
    }
  }

  /// A conversation has learned what a server promises; all threads may as well know.
  func learn(_ server: ServerID, _ capabilities: Capabilities, _ edition: Edition) {
    guard edition.context.promises[server.index] != capabilities else { return }
    edition.context.promises[server.index] = capabilities
    for (other, mailbox) in house.mailboxes.enumerated() where other != number {
      mailbox.post(.learned(server, capabilities, edition.plan))
    }
  }

  /// Asks the mail servers whose time has come what they promise.
  func inquire() {
    guard inquiries.next <= now, endsAt == nil else { return }
    for server in inquiries.takeDue(at: now) { begin(Inquiry(context: edition.context, server: server)) }
  }

  func begin(_ inquiry: Inquiry) {
    let key = connections.insert { Connection(key: $0, edition: edition, conversation: inquiry) }
    mailbox.load.add(1)
    connections[key.index].pledged = house.descriptors.reserve(1) ? 1 : 0
    inquiry.began(at: now, &instructions)
    carryOn(&connections[key.index])
    settle(key)
  }

  /// A connection without a client is over.
  func inquired(_ connection: borrowing Connection) {
    guard let inquiry = connection.conversation as? Inquiry else { return }
    if let address = inquiry.address { return checked(address, inquiry, connection.edition) }
    guard connection.edition === edition else { return }
    inquiries.ended(inquiry.server, answered: inquiry.isAnswered, at: now)
  }

  /// One thread asks for all.
  func scheduleInquiries() {
    inquiries = InquirySchedule(of: number == 0 ? edition.plan.inquiredServers : [], from: now)
    checks = number == 0 ? edition.plan.checks(at: now) : []
  }
}

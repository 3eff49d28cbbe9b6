import Synchronization

/// Settlements on their way from the tasks that settle to the connection's thread.
final class SettlementMailbox: Sendable {
    private let settlements = Mutex<[(delivery: Delivery.Place, settlement: Settlement)]>([])

    /// - Returns: whether the mailbox was empty, so that the thread has to be told.
    func post(_ delivery: Delivery, _ settlement: Settlement) -> Bool {
        settlements.withLock { settlements in
            settlements.append((delivery.place, settlement))
            return settlements.count == 1
        }
    }

    /// Takes everything out, in the order it came.
    func empty() -> [(delivery: Delivery.Place, settlement: Settlement)] {
        settlements.withLock { settlements in
            guard !settlements.isEmpty else { return [] }
            defer { settlements = [] }
            return settlements
        }
    }
}

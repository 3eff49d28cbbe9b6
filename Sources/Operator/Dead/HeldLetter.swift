import Shared
import Synchronization

/// A dead letter that we hold: it is back in its queue when the pass ends, unless it is removed.
struct HeldLetter: Sendable {
    let letter: Letter
    /// Whether the pass has met the same letter before.
    let isCopy: Bool
    let delivery: Delivery
    let hold: Hold

    /// Takes it out of its queue for good.
    func remove() async { await hold.remove(delivery) }

    /// A consumer and how many of its deliveries are unsettled.
    final class Hold: Sendable {
        let consumer: Consumer
        private let held = Mutex(0)

        init(_ consumer: Consumer) { self.consumer = consumer }

        var count: Int { held.withLock { $0 } }

        func took() { held.withLock { $0 += 1 } }

        fileprivate func remove(_ delivery: Delivery) async {
            await consumer.settle(delivery, .acknowledge)
            held.withLock { $0 -= 1 }
        }
    }
}

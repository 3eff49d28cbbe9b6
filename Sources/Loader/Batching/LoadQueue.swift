import Shared

/// Messages that wait to be loaded together, in the order in which they came, each with whoever waits for the answer.
struct LoadQueue<Waiter> {
    /// What one group may hold. Qdrant's documentation asks for 64 to 256 points and less than 5 MB a request.
    struct Limits: Sendable {
        var points = 256
        var bytes = 4 << 20
    }

    struct Entry {
        let item: LoadItem
        let waiter: Waiter
    }

    private let limits: Limits
    private var entries: [Entry] = []

    init(limits: Limits = Limits()) { self.limits = limits }

    var count: Int { entries.count }

    /// Points of all that wait.
    var pointCount: Int { entries.reduce(0) { $0 + $1.item.message.vectors.count } }

    mutating func append(_ item: LoadItem, _ waiter: Waiter) { entries.append(Entry(item: item, waiter: waiter)) }

    mutating func removeFirst() -> Entry? { entries.isEmpty ? nil : entries.removeFirst() }

    /// Takes out the messages that may be loaded together with `first`: those of the same pipeline, up to the limits.
    mutating func take(with first: LoadItem) -> [Entry] {
        var (points, bytes) = (first.message.vectors.count, first.bytes)
        var (taken, rest): ([Entry], [Entry]) = ([], [])
        for (index, entry) in entries.enumerated() {
            guard entry.item.fits(first) else {
                rest.append(entry)
                continue
            }
            points += entry.item.message.vectors.count
            bytes += entry.item.bytes
            guard points <= limits.points, bytes <= limits.bytes else {
                rest += entries[index...]
                break
            }
            taken.append(entry)
        }
        entries = rest
        return taken
    }
}

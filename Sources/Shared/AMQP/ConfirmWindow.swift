/// Publishings that wait for their confirm, by sequence number: a value, so that it can be tested without a broker.
///
/// The broker counts publishings from 1 in the order of the channel and answers in any order, alone or many at once.
struct ConfirmWindow<Element> {
    private struct Slot {
        var element: Element?
        var isReturned = false
    }

    private var slots: [Slot] = []
    /// Sequence number of the first slot.
    private var base: UInt64 = 1
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var nextSequenceNumber: UInt64 { base + UInt64(slots.count) }

    /// - Returns: the sequence number.
    @discardableResult
    mutating func append(_ element: Element) -> UInt64 {
        slots.append(Slot(element: element))
        count += 1
        return nextSequenceNumber - 1
    }

    /// Marks the oldest unanswered publishing that `matches` as returned; its confirm still comes. Oldest, because a channel
    /// is worked through in order.
    ///
    /// - Returns: false when none matches.
    mutating func markReturned(where matches: (Element) -> Bool) -> Bool {
        for index in slots.indices {
            if let element = slots[index].element, !slots[index].isReturned, matches(element) {
                slots[index].isReturned = true
                return true
            }
        }
        return false
    }

    /// Takes out what a confirm answers: `tag` alone, or everything up to it (`multiple`; tag 0 then means all). Tags that
    /// are not under way are ignored.
    mutating func settle(tag: UInt64, multiple: Bool) -> [(element: Element, isReturned: Bool)] {
        var settled: [(element: Element, isReturned: Bool)] = []
        if multiple {
            let end = tag == 0 ? slots.count : tag < base ? 0 : Int(min(tag - base + 1, UInt64(slots.count)))
            for index in 0..<end { take(index, &settled) }
        } else if tag >= base, tag < nextSequenceNumber {
            take(Int(tag - base), &settled)
        }
        let finished = slots.prefix { $0.element == nil }.count
        if finished > 0 {
            slots.removeFirst(finished)
            base += UInt64(finished)
        }
        return settled
    }

    /// Takes out everything unanswered, in order, for a new connection that counts from 1.
    mutating func reset() -> [Element] {
        defer { self = ConfirmWindow() }
        return slots.compactMap(\.element)
    }

    /// What is unanswered, in order.
    var elements: [Element] { slots.compactMap(\.element) }

    private mutating func take(_ index: Int, _ settled: inout [(element: Element, isReturned: Bool)]) {
        guard let element = slots[index].element else { return }
        settled.append((element, slots[index].isReturned))
        slots[index].element = nil
        count -= 1
    }
}

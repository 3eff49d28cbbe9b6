/// Deliveries of one channel that are not settled, and acknowledgements to be written: a value, tested without a broker.
///
/// Tags count from 1. Acknowledgements are held until the turn's end and then combined where nothing open lies before them.
struct AcknowledgementLedger {
    private enum Slot {
        case open
        case acknowledged
        case settled
    }

    /// One `basic.ack`.
    struct Acknowledgement: Equatable {
        var tag: UInt64
        var multiple: Bool
    }

    private var slots: [Slot] = []
    /// Tag of the first slot.
    private var base: UInt64 = 1
    private var unwritten = 0

    /// - Returns: false when the tag is not the next one.
    mutating func deliver(_ tag: UInt64) -> Bool {
        guard tag == base + UInt64(slots.count) else { return false }
        slots.append(.open)
        return true
    }

    /// - Returns: false when it is settled already; a second answer would close the channel.
    mutating func acknowledge(_ tag: UInt64) -> Bool {
        guard let index = openIndex(tag) else { return false }
        slots[index] = .acknowledged
        unwritten += 1
        return true
    }

    /// For a delivery that is handed back at once. Same result.
    mutating func settle(_ tag: UInt64) -> Bool {
        guard let index = openIndex(tag) else { return false }
        slots[index] = .settled
        if unwritten == 0 { dropSettled() }
        return true
    }

    /// What to write now, in order.
    mutating func takeAcknowledgements() -> [Acknowledgement] {
        guard unwritten > 0 else { return [] }
        var result: [Acknowledgement] = []
        let run = slots.prefix { $0 != .open }
        let inRun = run.reduce(into: 0) { if $1 == .acknowledged { $0 += 1 } }
        if inRun > 0, let last = run.lastIndex(of: .acknowledged) {
            result.append(Acknowledgement(tag: base + UInt64(last), multiple: inRun > 1))
        }
        if inRun < unwritten {
            for index in run.endIndex..<slots.count where slots[index] == .acknowledged {
                result.append(Acknowledgement(tag: base + UInt64(index), multiple: false))
                slots[index] = .settled
            }
        }
        for index in run.indices { slots[index] = .settled }
        unwritten = 0
        dropSettled()
        return result
    }

    private func openIndex(_ tag: UInt64) -> Int? {
        guard tag >= base, tag - base < UInt64(slots.count) else { return nil }
        let index = Int(tag - base)
        return slots[index] == .open ? index : nil
    }

    private mutating func dropSettled() {
        let count = slots.prefix { $0 == .settled }.count
        slots.removeFirst(count)
        base += UInt64(count)
    }
}

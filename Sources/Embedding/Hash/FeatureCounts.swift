/// How often each feature occurs in one text: an open-addressing table over hashes.
///
/// **Cost**: one table for a whole call, cleared by walking the used slots only.
struct FeatureCounts {
    struct Entry {
        /// 0 means free.
        var hash: UInt64
        var weight: Float
        var count: Float
    }

    private var slots: [Entry]
    private var used: [Int32] = []
    private var mask: Int

    init() {
        slots = Array(repeating: Entry(hash: 0, weight: 0, count: 0), count: 4096)
        mask = 4095
    }

    /// Counts one occurrence of a feature. `weight` must depend on the feature's kind only.
    @inline(__always)
    mutating func add(_ hash: UInt64, weight: Float) {
        let hash = hash | 1
        var slot = Int(truncatingIfNeeded: hash >> 8) & mask
        while slots[slot].hash != hash {
            if slots[slot].hash == 0 {
                slots[slot] = Entry(hash: hash, weight: weight, count: 1)
                used.append(Int32(truncatingIfNeeded: slot))
                if used.count * 2 > slots.count { grow() }
                return
            }
            slot = (slot + 1) & mask
        }
        slots[slot].count += 1
    }

    /// Hands out every feature once, in the order of its first occurrence, and empties the table.
    mutating func drain(_ body: (Entry) -> Void) {
        for slot in used {
            body(slots[Int(slot)])
            slots[Int(slot)].hash = 0
        }
        used.removeAll(keepingCapacity: true)
    }

    private mutating func grow() {
        let entries = used.map { slots[Int($0)] }
        slots = Array(repeating: Entry(hash: 0, weight: 0, count: 0), count: slots.count * 2)
        mask = slots.count - 1
        for (number, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash >> 8) & mask
            while slots[slot].hash != 0 { slot = (slot + 1) & mask }
            slots[slot] = entry
            used[number] = Int32(truncatingIfNeeded: slot)
        }
    }
}

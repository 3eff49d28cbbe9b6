/// A queue with removal at the front in constant time.
struct FIFO<Element> {
    private var storage: [Element?] = []
    private var head = 0

    var first: Element? { isEmpty ? nil : storage[head] }
    var isEmpty: Bool { head == storage.count }
    var count: Int { storage.count - head }
    var elements: [Element] { storage[head...].compactMap { $0 } }

    mutating func append(_ element: Element) { storage.append(element) }

    mutating func prepend(_ elements: [Element]) {
        guard !elements.isEmpty else { return }
        storage = elements + storage[head...]
        head = 0
    }

    mutating func removeAll(where isUnwanted: (Element) -> Bool) {
        storage = elements.filter { !isUnwanted($0) }
        head = 0
    }

    /// - Returns: nil when empty.
    @discardableResult
    mutating func removeFirst() -> Element? {
        guard !isEmpty else { return nil }
        let element = storage[head]
        storage[head] = nil
        head += 1
        // Now and then: an average cost of one move each.
        if head > 64, head * 2 > storage.count {
            storage.removeFirst(head)
            head = 0
        } else if head == storage.count {
            storage.removeAll(keepingCapacity: true)
            head = 0
        }
        return element
    }
}

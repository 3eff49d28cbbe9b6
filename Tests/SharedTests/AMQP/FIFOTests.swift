import Testing

@testable import Shared

@Suite struct FIFOTests {
    @Test func keepsOrderThroughManyRemovals() {
        var queue = FIFO<Int>()
        var taken: [Int] = []
        for number in 0..<1000 {
            queue.append(number)
            if number % 3 != 0, let first = queue.removeFirst() { taken.append(first) }
        }
        while let first = queue.removeFirst() { taken.append(first) }
        #expect(taken == Array(0..<1000))
        #expect(queue.isEmpty && queue.first == nil)
    }

    @Test func prependGoesFirst() {
        var queue = FIFO<Int>()
        for number in 3...5 { queue.append(number) }
        _ = queue.removeFirst()
        queue.prepend([1, 2])
        #expect(queue.elements == [1, 2, 4, 5])
        #expect(queue.count == 4)
    }

    @Test func whatIsUnwantedLeavesWhereverItIs() {
        var queue = FIFO<Int>()
        for number in 1...6 { queue.append(number) }
        _ = queue.removeFirst()
        queue.removeAll { $0 % 3 == 0 }
        queue.append(7)
        #expect(queue.elements == [2, 4, 5, 7])
        #expect(queue.count == 4 && queue.first == 2)
    }
}

import Shared
import Testing
import TestSupport

@testable import Loader

/// Which waiting messages may be loaded together.
@Suite struct LoadQueueTests {
    private func item(_ document: String, chunks: Int = 1, fingerprint: String = "f") -> LoadItem {
        var message = LoaderBench.message([document], chunks: chunks)
        message.fingerprint = fingerprint
        return LoadItem(message: message, run: "r")
    }

    private func taken(_ queue: inout LoadQueue<Int>, with first: LoadItem) -> [Int] {
        queue.take(with: first).map(\.waiter)
    }

    @Test func messagesOfOnePipelineAreTakenInTheirOrder() {
        var queue = LoadQueue<Int>()
        for number in 0..<6 {
            queue.append(item("files:m:\(number)", fingerprint: number % 3 == 1 ? "g" : "f"), number)
        }
        #expect(taken(&queue, with: item("files:m:9")) == [0, 2, 3, 5])
        #expect(taken(&queue, with: item("files:m:9", fingerprint: "g")) == [1, 4])
        #expect(queue.count == 0)
    }

    @Test func pointsAreLimitedAndWhatIsLeftWaits() {
        var queue = LoadQueue<Int>(limits: .init(points: 10, bytes: .max))
        for number in 0..<5 { queue.append(item("files:m:\(number)", chunks: 3), number) }
        #expect(taken(&queue, with: item("files:m:9", chunks: 3)) == [0, 1])
        #expect(queue.count == 3 && queue.pointCount == 9)
        #expect(taken(&queue, with: item("files:m:9", chunks: 3)) == [2, 3])
    }

    @Test func bytesAreLimitedSoThatLongTextsTravelInSmallerGroups() {
        let size = item("files:m:0").bytes
        var queue = LoadQueue<Int>(limits: .init(points: 256, bytes: size * 3))
        for number in 0..<4 { queue.append(item("files:m:\(number)"), number) }
        #expect(taken(&queue, with: item("files:m:9")) == [0, 1])
    }

    @Test func aMessageThatIsTooLargeTravelsAlone() {
        var queue = LoadQueue<Int>(limits: .init(points: 2, bytes: .max))
        queue.append(item("files:m:0"), 0)
        #expect(taken(&queue, with: item("files:m:9", chunks: 5)) == [])
        #expect(queue.removeFirst()?.waiter == 0)
    }
}

import Shared
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct ClientMemoryTests {
    /// `make bench` watches 200,000 messages; this many show a leak of 400 bytes each.
    @Test func memoryDoesNotGrowWithTheMessagesThatPassed() async throws {
        try await Scene.with { scene in
            let (publisher, consumer) = (scene.publisher(), scene.consumer(prefetch: 64))
            // Fills allocator, pools and socket buffers, which stay.
            try await pass(5_000, scene, publisher, consumer)
            let before = ProcessMemory.residentBytes
            #expect(before > 0)
            try await pass(20_000, scene, publisher, consumer)
            let growth = ProcessMemory.residentBytes - before
            #expect(growth < 8_000_000, "resident memory grew by \(growth / 20_000) bytes a message")
            await consumer.close()
            await publisher.close()
            #expect(try await scene.depth().messages == 0)
        }
    }

    /// Publishes and consumes `count` messages at the same time.
    private func pass(_ count: Int, _ scene: Scene, _ publisher: Publisher, _ consumer: Consumer) async throws {
        let publishing = scene.publishing(1, size: 4096)
        async let published: Void = publisher.publish(all: repeatElement(publishing, count: count), atOnce: 64)
        var iterator = consumer.deliveries.makeAsyncIterator()
        for _ in 0..<count {
            let delivery = try #require(try await iterator.next())
            await consumer.settle(delivery, .acknowledge)
        }
        try await published
    }
}

import Glibc
import Shared
import Testing

/// Prints what a message costs; asserts nothing about time.
@Suite(.serialized) struct ThroughputTests {
    @Test(arguments: [18_000]) func publishAndConsume(size: Int) async throws {
        try await Scene.with(arguments: ["x-queue-type": .string("classic")]) { scene in
            let (publisher, consumer) = (scene.publisher(), scene.consumer(prefetch: 200))
            try await publisher.connect()
            try await consumer.connect()
            let count = 20_000
            let body = scene.publishing(0, size: size)
            let (began, cpu) = (ContinuousClock.now, Self.processorTime)
            async let published: Void = withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<64 {
                    group.addTask { for _ in 0..<(count / 64) { try await publisher.publish(body) } }
                }
                try await group.waitForAll()
            }
            var total = 0
            for try await delivery in consumer.deliveries {
                total += 1
                await consumer.settle(delivery, .acknowledge)
                if total == count / 64 * 64 { await consumer.stop() }
            }
            try await published
            let seconds = began.duration(to: .now) / .seconds(1)
            let perMessage = (Self.processorTime - cpu) / Double(total) * 1e6
            print(
                "AMQP throughput: \(Int(Double(total) / seconds)) msg/s of \(size) B published and consumed;",
                "\((perMessage * 10).rounded() / 10) µs CPU per message in this process")
            await consumer.close()
            await publisher.close()
        }
    }

    /// Seconds this process has spent on processors.
    private static var processorTime: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}

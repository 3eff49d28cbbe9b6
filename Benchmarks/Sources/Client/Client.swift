import Glibc
import Logging
import Shared

/// What the project's client makes of librabbitmq: the same legs as `PlainC`, and both at once with the memory watched.
///
///     Client publish|consume|both HOST PORT QUEUE COUNT BODY-BYTES WINDOW
@main
struct Client {
    let queue: String
    let count: Int
    let size: Int
    let window: Int
    let settings: BrokerSettings
    private let logger = Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() })

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 8, let count = Int(arguments[5]), let size = Int(arguments[6]),
            let window = Int(arguments[7])
        else {
            print("usage: Client publish|consume|both HOST PORT QUEUE COUNT BODY-BYTES WINDOW")
            exit(64)
        }
        let client = Client(
            queue: arguments[4], count: count, size: size, window: window,
            settings: BrokerSettings(
                url: try ServiceURL("amqp://\(arguments[2]):\(arguments[3])", schemes: ["amqp"]), user: "guest",
                password: Secret("guest")))
        switch arguments[1] {
        case "publish": try await client.publish()
        case "consume": try await client.consume()
        default: try await client.both()
        }
        // As the programs end: without the destructors of C libraries.
        fflush(nil)
        _exit(0)
    }

    private func publish() async throws {
        let publisher = publisher()
        try await publisher.connect()
        let meter = Meter()
        try await publish(with: publisher)
        meter.report()
        await publisher.close()
    }

    private func consume() async throws {
        let consumer = Consumer(settings: settings, queue: queue, prefetch: window, name: "bench", logger: logger)
        let meter = Meter()
        try await consume(with: consumer)
        await consumer.close()
        meter.report()
    }

    /// Publishes and consumes at the same time and prints resident memory as it goes.
    private func both() async throws {
        let publisher = publisher()
        let consumer = Consumer(settings: settings, queue: queue, prefetch: window, name: "bench", logger: logger)
        try await publisher.connect()
        async let published: Void = publish(with: publisher)
        try await consume(with: consumer) { taken in
            if taken.isMultiple(of: count / 10) {
                print("{\"messages\":\(taken),\"resident_kb\":\(ProcessMemory.residentBytes / 1024)}")
            }
        }
        try await published
        await publisher.close()
        await consumer.close()
    }

    private func publisher() -> Publisher {
        Publisher(
            settings: settings, name: "bench", window: Publisher.Window(publishings: window, bytes: 64 << 20),
            logger: logger)
    }

    private func publish(with publisher: Publisher) async throws {
        let body = [UInt8](repeating: 0, count: size)
        let properties = MessageProperties(messageID: "00000000-0000-0000-0000-000000000000")
        let publishing = Publishing(exchange: "", routingKey: queue, properties: properties, body: body)
        try await publisher.publish(all: repeatElement(publishing, count: count), atOnce: window)
    }

    private func consume(with consumer: Consumer, _ observe: (Int) -> Void = { _ in }) async throws {
        var taken = 0
        for try await delivery in consumer.deliveries {
            guard delivery.body.count == size else { throw StrangeBody(size: delivery.body.count) }
            await consumer.settle(delivery, .acknowledge)
            taken += 1
            observe(taken)
            if taken == count { break }
        }
    }
}

/// The queue held something else than what was published for this run.
struct StrangeBody: Error {
    let size: Int
}

/// Wall and processor time since it was made.
struct Meter {
    private let began = ContinuousClock.now
    private let processor = Meter.processorSeconds

    func report() {
        let seconds = began.duration(to: .now) / .seconds(1)
        print("{\"seconds\":\(seconds),\"cpu\":\(Self.processorSeconds - processor)}")
    }

    private static var processorSeconds: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }
}

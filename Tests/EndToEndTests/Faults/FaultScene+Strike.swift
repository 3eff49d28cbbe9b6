import Shared
import TestSupport
import Testing

extension FaultScene {
    /// Every document on its way once more, hit by a fault.
    struct Load {
        /// When it began, as epochs count.
        let began: Double
        let extractor: ProgramRun
        /// Between the extractor and the broker.
        let link: FaultProxy
        /// How often each worker had lost its subscription before.
        let losses: [Int]
    }

    /// The extractor sends the larger part of 300 documents (450 kB) at once, which keeps the workers busy, and the rest so
    /// slowly that it is under way itself for half a minute.
    private static let pace = FaultProxy.Pace(bytesPerSecond: 5_000, afterSending: 300_000)

    /// Has every document loaded anew and `fault` hit the middle of it; after `recover` the ledger must balance.
    func loadDuring(_ fault: () async throws -> Void, recover: () async throws -> Void = {}) async throws {
        let load = try await strike(fault, undo: recover)
        try await recover()
        try await expectLosses(since: load)
        try await finish(load)
    }

    /// Starts to load every document anew and has `fault` hit the middle of it.
    ///
    /// That it did shows when it has happened: some documents are loaded, not even half of them, so that the workers have
    /// others in hand, and the extractor still runs. On a busy machine a fault may come too late; then it is undone and tried
    /// again, a few times.
    func strike(_ fault: () async throws -> Void, undo: () async throws -> Void) async throws -> Load {
        for _ in 0..<5 {
            let load = try await startLoad()
            try await fault()
            let count = try await loaded(since: load.began)
            let isMidway = load.extractor.isRunning && (1..<documents.count / 2).contains(count)
            print("fault: \(count) of \(documents.count) documents loaded\(isMidway ? "" : ", too late")")
            load.link.setPace(nil)
            if isMidway { return load }
            try await undo()
            try await finish(load)
        }
        throw FaultMissed()
    }

    private func startLoad() async throws -> Load {
        try await until("every worker has its subscription") {
            try workers.allSatisfy { Self.isConsuming(try $0.standardError()) }
        }
        let link = try FaultProxy(target: UInt16(fleet.broker.port), pace: Self.pace)
        let load = Load(
            began: Self.now, extractor: try extract(with: ["OHRA_AMQP_URL": "amqp://127.0.0.1:\(link.port)"]),
            link: link, losses: try losses())
        try await until("the first document is loaded") { try await loaded(since: load.began) > 0 }
        return load
    }

    /// Waits for the extractor's end and the balance.
    func finish(_ load: Load) async throws {
        defer { load.link.end() }
        let output = try await load.extractor.output()
        if output.status != 0 {
            // Allowed when the broker was away for longer than the extractor's patience: the next run completes it.
            #expect(output.status == 69, "\(output.complaint)")
            try await self.load()
        }
        try await expectBalance(since: load.began, "after the fault")
    }

    /// The fault hit every worker: each has lost its subscription and says so.
    func expectLosses(since load: Load) async throws {
        try await until("every worker has noticed") { zip(load.losses, try losses()).allSatisfy { $0 < $1 } }
    }

    private func losses() throws -> [Int] {
        try workers.map { try $0.standardError().ranges(of: "Subscription lost").count }
    }

    private static func isConsuming(_ log: String) -> Bool {
        guard let last = log.ranges(of: "Consuming").last else { return false }
        return !log[last.upperBound...].contains("Subscription lost")
    }
}

/// Five times in a row not enough was under way when the fault had happened.
struct FaultMissed: Error {}

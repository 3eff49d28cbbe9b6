import Foundation
import Shared
import Testing

/// A fleet whose workers run as daemons over a folder of texts, to be hit by faults.
///
/// Registry and queues do not tell when they change, so they are asked again and again, always with a limit: everything
/// has to be settled 60 s after recovery.
struct FaultScene: Sendable {
    private static let patience = Duration.seconds(60)
    let fleet: Fleet
    /// Every document of the source.
    let documents: Set<String>
    let transformers: [ProgramRun]
    let loader: ProgramRun

    var workers: [ProgramRun] { transformers + [loader] }

    /// Calls `body` with two transformers and a loader that have loaded everything once; afterwards they must end in order.
    ///
    /// - Parameters:
    ///   - extra: settings of the whole fleet, for example another broker.
    ///   - link: settings of the transformers and of ``extract()``, for example a proxy before the broker.
    static func with(
        count: Int = 100, _ extra: [String: String] = [:], link: [String: String] = [:],
        _ body: (FaultScene) async throws -> Void
    ) async throws {
        try await SampleFolder.with(count: count) { folder in
            try await Fleet.with(folder.variables.merging(extra) { $1 }) { fleet in
                let documents = try await fleet.filesAtTheSource()
                let scene = FaultScene(
                    fleet: fleet, documents: documents,
                    transformers: try (0..<2).map { _ in try fleet.start("transformer", [], with: link) },
                    loader: try fleet.start("loader", []))
                for worker in scene.workers { try await worker.waitForStandardError(containing: "Consuming") }
                do {
                    let began = now
                    try await scene.load()
                    try await scene.expectBalance(since: began, "before the fault")
                    try await body(scene)
                } catch {
                    scene.tellWorkersLogs()
                    throw error
                }
                for worker in scene.workers { worker.terminate() }
                for worker in scene.workers {
                    let output = try await worker.output()
                    #expect(output.status == 0, "\(output.complaint)")
                }
            }
        }
    }

    /// Milliseconds, as epochs are.
    static var now: Double { Date.now.timeIntervalSince1970 * 1000 }

    /// Starts to load every document anew.
    func extract(with extra: [String: String] = [:]) throws -> ProgramRun {
        try fleet.start("extractor", ["files", "--since", "2020-01-01", "--full", "--json"], with: extra)
    }

    /// Publishes every document anew.
    ///
    /// - Returns: the run.
    @discardableResult
    func load() async throws -> String {
        let output = try await extract().output()
        #expect(output.status == 0, "\(output.complaint)")
        return try #require(try JSONElement(parsing: Array(output.stdout.utf8))["run"]?.string)
    }

    /// Waits until every document is loaded by a run that began after `start`, and nothing else is left anywhere.
    func expectBalance(since start: Double, _ when: String) async throws {
        try await until("\(when): every document is loaded") { try await loaded(since: start) == documents.count }
        // Several times in a row: what a worker has in hand, a message that came twice perhaps, is in no queue's count.
        var looks = 0
        try await until("\(when): the ledger balances") {
            looks = try await Ledger(of: fleet).imbalance(expecting: documents) == [] ? looks + 1 : 0
            return looks == 4
        }
    }

    /// How many documents have a marker of a run that began after `start`.
    func loaded(since start: Double) async throws -> Int {
        let filter = QdrantFilter(must: [.match("kind", "marker")])
        var ids: Set<String> = []
        for try await page in fleet.client.pages(of: fleet.client.settings.registryCollection, filter: filter) {
            for point in page where Double(point.payload["epoch"]?.int ?? 0) >= start {
                ids.insert(point.payload["document_id"]?.string ?? "")
            }
        }
        return ids.count
    }

    func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + Self.patience
        while try await !condition() {
            guard ContinuousClock.now < end else {
                Issue.record("\(what): not within \(Self.patience); \(try await problems())")
                tellWorkersLogs()
                return
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func problems() async throws -> [String] {
        try await Ledger(of: fleet).imbalance(expecting: documents)
    }

    /// The ends of the workers' logs, for whoever has to find out.
    private func tellWorkersLogs() {
        for (index, worker) in workers.enumerated() {
            print("worker \(index):", ((try? worker.standardError()) ?? "").suffix(3000))
        }
    }
}

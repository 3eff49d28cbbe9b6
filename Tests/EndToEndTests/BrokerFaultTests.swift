import Foundation
import Shared
import Testing

/// The broker fails in every way it can while the programs work as daemons; afterwards the ledger balances.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BrokerFaultTests {
    /// One node and one fleet for all faults, each hit by fresh work: a start of the node costs ten seconds.
    @Test func workersOutliveWhateverTheBrokerDoes() async throws {
        try await PrivateBroker.with { broker in
            try await SampleFolder.with(count: 100) { folder in
                try await Fleet.with(folder.variables.merging(broker.variables) { $1 }) { fleet in
                    let documents = try await fleet.filesAtTheSource()
                    let workers = try ["transformer", "transformer", "loader"].map { try fleet.start($0, []) }
                    for worker in workers { try await worker.waitForStandardError(containing: "Consuming") }
                    try await load(fleet, documents, "no fault") {}
                    // RabbitMQ 3.10 writes the declaration of a quorum queue with a delay and tells nobody when it is on
                    // disk: killed before that, the queue is dead for good. The load above has taken seconds already; the
                    // rest of the wait can only be bounded by time.
                    try await Task.sleep(for: .seconds(3))

                    try await load(fleet, documents, "connections closed") { try broker.closeConnections() }
                    try await load(fleet, documents, "clean restart") { try broker.restart() }
                    try await load(fleet, documents, "kill -9") {
                        try broker.kill()
                        try broker.start()
                    }
                    try await load(fleet, documents, "frozen") {
                        try broker.freeze()
                        // Two heartbeats of 10 s and then some: every client must have given the connection up.
                        try await Task.sleep(for: .seconds(25))
                        try broker.thaw()
                    }
                    try await load(fleet, documents, "disk alarm") {
                        try broker.control("set_disk_free_limit", "100000000000000")
                        // The alarm is checked at once, but what it blocks is seen only by nothing happening.
                        try await Task.sleep(for: .seconds(3))
                        try broker.control("set_disk_free_limit", "256000000")
                    }
                    try broker.control(
                        "set_policy", "short", "^\(fleet.name)\\.(documents|vectors)$", #"{"max-length": 2}"#,
                        "--apply-to", "queues")
                    try await load(fleet, documents, "queues at their length limit") {}
                    for worker in workers { worker.terminate() }
                    for worker in workers {
                        let output = try await worker.output()
                        #expect(output.status == 0, "\(output.complaint)")
                    }
                }
            }
        }
    }

    /// Has every document loaded anew while `fault` happens, then waits until the ledger balances: 60 s after recovery
    /// (research/reliability.md §5).
    private func load(
        _ fleet: Fleet, _ documents: Set<String>, _ name: String, _ fault: () async throws -> Void
    ) async throws {
        let began = Date.now.timeIntervalSince1970 * 1000
        let extractor = try fleet.start("extractor", ["files", "--since", "2020-01-01", "--full"])
        if name != "no fault" {
            // The fault is to hit work: the first new marker says that all three stages are busy.
            try await until(seconds: 30, "\(name): first document") { try await newest(fleet, since: began) > 0 }
        }
        if name != "no fault" {
            #expect(try await newest(fleet, since: began) < documents.count, "\(name) came too late")
        }
        try await fault()
        let output = try await extractor.output()
        if output.status != 0 {
            // Allowed when the broker was away for longer than the extractor's patience: the next run completes it.
            #expect(output.status == 69, "\(name): \(output.complaint)")
            try await fleet.run("extractor", "files", "--since", "2020-01-01", "--full")
        }
        try await until(seconds: 60, "\(name): every document loaded") {
            try await newest(fleet, since: began) == documents.count
        }
        try await until(seconds: 60, "\(name): balance") {
            try await Ledger(of: fleet).imbalance(expecting: documents) == []
        }
        #expect(try await Ledger(of: fleet).imbalance(expecting: documents) == [], "\(name)")
        print("\(name): balanced after \((Date.now.timeIntervalSince1970 * 1000 - began) / 1000) s")
    }

    /// How many documents have a marker of a run that began after `start`.
    private func newest(_ fleet: Fleet, since start: Double) async throws -> Int {
        let filter = QdrantFilter(must: [.match("kind", "marker")])
        var ids: Set<String> = []
        for try await page in fleet.client.pages(of: fleet.client.settings.registryCollection, filter: filter) {
            for point in page where Double(point.payload["epoch"]?.int ?? 0) >= start {
                ids.insert(point.payload["document_id"]?.string ?? "")
            }
        }
        return ids.count
    }

    /// Neither registry nor broker tell when they change, so they are asked.
    private func until(seconds: Int, _ what: String, _ condition: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while try await !condition() {
            guard ContinuousClock.now < end else {
                Issue.record("\(what): not within \(seconds) s")
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

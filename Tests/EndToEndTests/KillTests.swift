import Shared
import Testing

/// Every program dies by SIGKILL at every named step, is started again, and the ledger balances.
@Suite(.serialized, .timeLimit(.minutes(5))) struct KillTests {
    @Test(arguments: [FailPoint.Step.fetch, .publish, .confirm, .record]) func extractorDiesAt(step: FailPoint.Step)
        async throws
    {
        try await withFleet { fleet, documents in
            try await die(fleet, "extractor", at: "\(step.rawValue):kill")
            try await fleet.extractFiles()
            try await fleet.drainOneByOne()
            try await expectBalance(fleet, documents, after: step)
        }
    }

    @Test(arguments: [
        "receive:kill", "receive:kill:2", "chunk:kill:15", "embed:kill", "publish:kill", "publish:kill:3", "ack:kill",
        "ack:kill:2",
    ])
    func transformerDiesAt(order: String) async throws {
        try await withFleet { fleet, documents in
            try await fleet.extractFiles()
            try await die(fleet, "transformer", at: order)
            try await fleet.drainOneByOne()
            try await expectBalance(fleet, documents, after: order)
        }
    }

    @Test(arguments: [
        "receive:kill", "write:kill", "write:kill:3", "commit:kill", "commit:kill:4", "finish:kill", "finish:kill:4",
        "ack:kill", "ack:kill:4",
    ])
    func loaderDiesAt(order: String) async throws {
        try await withFleet { fleet, documents in
            try await fleet.extractFiles()
            try await fleet.run("transformer", "--drain", "--idle", "0.3")
            try await die(fleet, "loader", at: order)
            try await fleet.drainOneByOne()
            try await expectBalance(fleet, documents, after: order)
        }
    }

    private func withFleet(_ body: (Fleet, Set<String>) async throws -> Void) async throws {
        try await SampleFolder.with { folder in
            try await Fleet.with(folder.variables) { fleet in try await body(fleet, try await fleet.filesAtTheSource())
            }
        }
    }

    private func die(_ fleet: Fleet, _ program: String, at order: String) async throws {
        let arguments = program == "extractor" ? ["files", "--since", "2020-01-01"] : ["--drain", "--idle", "1"]
        let output = try await fleet.start(program, arguments, with: ["OHRA_FAILPOINT": order]).output()
        #expect(output.status == 9, "\(program) did not die at \(order): \(output.complaint)")
    }

    private func expectBalance(_ fleet: Fleet, _ documents: Set<String>, after step: some Any) async throws {
        #expect(documents.count == 30)
        #expect(try await Ledger(of: fleet).imbalance(expecting: documents) == [], "after \(step)")
    }
}

extension Fleet {
    /// The ids that the files source lists, as a dry run prints them.
    func filesAtTheSource() async throws -> Set<String> {
        let output = try await run("extractor", "files", "--since", "2020-01-01", "--dry-run", "--json")
        let report = try JSONElement(parsing: Array(output.stdout.utf8))
        return Set(try #require(report["new"]?.array).compactMap(\.string))
    }

    func extractFiles() async throws { try await run("extractor", "files", "--since", "2020-01-01") }

    /// One transformer, then one loader: each finds all of its work waiting, so a short idle time is enough.
    func drainOneByOne() async throws {
        try await run("transformer", "--drain", "--idle", "0.3")
        try await run("loader", "--drain", "--idle", "0.3")
    }
}

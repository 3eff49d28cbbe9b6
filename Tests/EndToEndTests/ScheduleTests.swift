import Foundation
import Logging
import Shared
import Testing

/// Scheduled extractors, several of them, and runs that are stopped.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ScheduleTests {
    /// Two seconds between ticks.
    private static let often = "0.00056"

    private func withFleet(
        count: Int = 30, _ body: (Fleet, Set<String>) async throws -> Void
    ) async throws {
        try await SampleFolder.with(count: count) { folder in
            try await Fleet.with(folder.variables) { fleet in try await body(fleet, try await fleet.filesAtTheSource())
            }
        }
    }

    private func runs(_ output: ProgramRun.Output) -> Int { output.stdout.split(separator: "\n").count }

    private func lastRun(_ fleet: Fleet) async throws -> Timestamp? {
        let registry = Registry(client: fleet.client, collection: fleet.client.settings.registryCollection)
        return try await registry.lastCompleteRuns()["files"]
    }

    @Test func aRunEveryTickUntilStopped() async throws {
        try await withFleet { fleet, documents in
            let extractor = try fleet.start("extractor", ["files", "--schedule", Self.often, "--json"])
            try await extractor.waitForStandardError(containing: "Waiting for the next run")
            let first = try #require(try await lastRun(fleet))
            while try await lastRun(fleet) == first { try await Task.sleep(for: .milliseconds(100)) }
            extractor.terminate()
            let output = try await extractor.output()
            #expect(output.status == 0, "\(output.complaint)")
            #expect(runs(output) >= 2)
            let line = try #require(
                output.stderr.split(separator: "\n").first { $0.contains("Waiting for the next run") })
            let at = try #require(try JSONElement(parsing: Array(line.utf8))["at"]?.string)
            #expect(WindowMoment(at) != nil)
            try await fleet.drainOneByOne()
            #expect(try await Ledger(of: fleet).imbalance(expecting: documents) == [])
        }
    }

    @Test func oneLeadsAndTheOtherTakesOverWhenItDies() async throws {
        try await withFleet { fleet, _ in
            let leader = try fleet.start("extractor", ["files", "--schedule", Self.often, "--json"])
            try await leader.waitForStandardError(containing: "Waiting for the next run")
            let follower = try fleet.start("extractor", ["files", "--schedule", Self.often, "--json"])
            try await follower.waitForStandardError(containing: "standing by")
            let before = try await lastRun(fleet)
            while try await lastRun(fleet) == before { try await Task.sleep(for: .milliseconds(100)) }
            #expect(try !follower.standardError().contains("Source read"))
            leader.kill()
            try await follower.waitForStandardError(containing: "Leading from now on")
            try await follower.waitForStandardError(containing: "Source read")
            follower.terminate()
            let output = try await follower.output()
            #expect(output.status == 0, "\(output.complaint)")
            #expect(runs(output) >= 1)
        }
    }

    /// Also on another machine: the broker decides.
    @Test func aRunIsRefusedWhileAnotherIsUnderWay() async throws {
        try await withFleet { fleet, documents in
            let scheduled = try fleet.start(
                "extractor", ["files", "--schedule", "6"], with: ["OHRA_FAILPOINT": "fetch:hang"])
            try await scheduled.waitForStandardError(containing: "failpoint fetch")
            let single = try await fleet.run("extractor", "files", "--json", expecting: 1)
            #expect(single.stderr.contains("extractor: files: another run is reading sample right now"))
            #expect(single.stdout.contains(#""complete":false"#))
            // Another site is another matter, and so is looking.
            try await fleet.run("extractor", "files", with: ["OHRA_FILES_INSTANCE": "elsewhere"])
            try await fleet.run("extractor", "files", "--dry-run")
            scheduled.terminate()
            let output = try await scheduled.output()
            #expect(output.status == 0, "\(output.complaint)")
            try await fleet.run("extractor", "files")
        }
    }

    /// SIGTERM while a page does not come: what was read is published, the window stays, and the process is gone in time.
    @Test(arguments: [("--schedule", Int32(0)), ("", 1)]) func aStopSignalInsideARun(mode: String, status: Int32)
        async throws
    {
        try await withFleet(count: 120) { fleet, documents in
            let arguments = ["files", "--since", "2020-01-01", "--json"] + (mode.isEmpty ? [] : [mode, "6"])
            let extractor = try fleet.start("extractor", arguments, with: ["OHRA_FAILPOINT": "fetch:hang:3"])
            try await extractor.waitForStandardError(containing: "failpoint fetch")
            let began = ContinuousClock.now
            extractor.terminate()
            let output = try await extractor.output()
            #expect(output.status == status, "\(output.complaint)")
            #expect(began.duration(to: .now) < .seconds(25))
            let report = try JSONElement(parsing: Array(output.stdout.utf8))
            #expect(report["complete"]?.bool == false)
            #expect(report["sources"]?.array.map(Array.init)?.first?["published"]?.int == 100)
            #expect(try await lastRun(fleet) == nil)
            // What was published is as good as any; the next run brings the rest.
            try await fleet.extractFiles()
            try await fleet.drainOneByOne()
            #expect(try await Ledger(of: fleet).imbalance(expecting: documents) == [])
        }
    }

    /// The same while the broker does not confirm.
    @Test func aStopSignalWhilePublishing() async throws {
        try await withFleet { fleet, documents in
            let extractor = try fleet.start(
                "extractor", ["files", "--since", "2020-01-01", "--schedule", "6"],
                with: ["OHRA_FAILPOINT": "publish:hang"])
            try await extractor.waitForStandardError(containing: "failpoint publish")
            let began = ContinuousClock.now
            extractor.terminate()
            let output = try await extractor.output()
            #expect(output.status == 0, "\(output.complaint)")
            #expect(began.duration(to: .now) < .seconds(25))
            #expect(try await lastRun(fleet) == nil)
            try await fleet.extractFiles()
            try await fleet.drainOneByOne()
            #expect(try await Ledger(of: fleet).imbalance(expecting: documents) == [])
        }
    }
}

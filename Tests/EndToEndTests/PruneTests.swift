import Foundation
import Shared
import Testing

/// `--prune` on real servers: what goes, what the brake keeps, and what is said.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PruneTests {
    private func report(_ output: ProgramRun.Output) throws -> JSONElement {
        let report = try JSONElement(parsing: Array(output.stdout.utf8))
        return try #require(report["sources"]?.array.map(Array.init)?.first)
    }

    @Test func brakeKeepsWhatForceRemoves() async throws {
        try await SampleFolder.with(count: 10) { folder in
            try await Fleet.with(folder.variables) { fleet in
                try await fleet.extractFiles()
                try await fleet.drainOneByOne()
                for number in 0..<4 { try FileManager.default.removeItem(atPath: "\(folder.path)/text-\(number).md") }
                let left = try await fleet.filesAtTheSource().count
                #expect(left == 0, "all that is left is loaded")

                let braked = try await fleet.run("extractor", "files", "--prune", "--json", expecting: 1)
                #expect(try report(braked)["removed"]?.int == 0 && report(braked)["failed"]?.int == 1)
                #expect(braked.stderr.contains("--max-removals allows") && braked.stderr.contains(#""gone":"4""#))
                let looked = try await fleet.run(
                    "extractor", "files", "--prune", "--max-removals", "40%", "--dry-run", "--json")
                let gone = try JSONElement(parsing: Array(looked.stdout.utf8))["gone"]?.array.map(Array.init)
                #expect(gone?.count == 4)

                let forced = try await fleet.run("extractor", "files", "--prune", "--force", "--json")
                #expect(forced.stderr.contains("--force: whatever is missing"))
                #expect(try report(forced)["removed"]?.int == 4 && report(forced)["failed"]?.int == 0)
                try await fleet.drainOneByOne()
                let registry = Registry(client: fleet.client, collection: fleet.client.settings.registryCollection)
                #expect(try await registry.loadedCount() == 6)
                let again = try await fleet.run("extractor", "files", "--prune", "--json")
                #expect(try report(again)["removed"]?.int == 0)
            }
        }
    }

    @Test func forceAloneOrOnScheduleIsRefused() async throws {
        for arguments in [["files", "--force"], ["files", "--prune", "--force", "--schedule", "6"]] {
            let output = try await ProgramRun("extractor", arguments, variables: ["OHRA_FILES_PATH": "/tmp"]).output()
            #expect(output.status == 64)
            #expect(output.stderr.contains("--force"))
        }
    }
}

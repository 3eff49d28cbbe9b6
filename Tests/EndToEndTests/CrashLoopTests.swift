import Shared
import Testing

/// A document that kills whatever works on it ends in the dead letters alone; its neighbours load.
@Suite(.serialized, .timeLimit(.minutes(3))) struct CrashLoopTests {
    @Test func onlyTheCulpritIsSetAside() async throws {
        try await SampleFolder.with(count: 24) { folder in
            try await Fleet.with(folder.variables) { fleet in
                let documents = try await fleet.filesAtTheSource()
                try await fleet.extractFiles()
                let culprit = try #require(documents.sorted().first)
                var crashes = 0
                while crashes < 20 {
                    // As a service manager does: start it again whenever it dies.
                    let output = try await fleet.start(
                        "transformer", ["--drain", "--idle", "0.5"], with: ["OHRA_FAILPOINT": "chunk:kill:\(culprit)"]
                    ).output()
                    if output.status == 0 { break }
                    #expect(output.status == 9, "\(output.complaint)")
                    crashes += 1
                }
                // Three together with its neighbours, three alone; more when a crash comes between the confirm of a split
                // and its acknowledgement, for then the message is split twice.
                #expect((6...12).contains(crashes))
                try await fleet.run("loader", "--drain", "--idle", "0.3")
                let letters = try await fleet.bodies(of: fleet.topology.deadQueue(.documents))
                let ledger = try await Ledger(of: fleet)
                #expect(
                    ledger.imbalance(expecting: documents.subtracting([culprit]), deadLetters: letters.count) == [])
                #expect(
                    try Set(letters.flatMap { try DocumentsMessage(body: $0).changes.map(\.document.id) }) == [culprit])
            }
        }
    }
}

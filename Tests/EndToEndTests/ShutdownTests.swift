import Foundation
import Shared
import Testing

/// Programs that are told to stop in the middle of a message.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ShutdownTests {
    /// SIGTERM while a server does not answer (`hang`) or a call cannot even be cancelled (`stall`): gone in 25 s with 0, the
    /// message is back, and no attempt was used.
    @Test func stopSignalInTheMiddleOfAMessage() async throws {
        // Together: each takes most of its 25 s.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (program, order) in [
                ("transformer", "embed:hang"), ("transformer", "embed:stall"), ("loader", "write:hang"),
                ("loader", "write:stall"),
            ] { group.addTask { try await stop(program, at: order) } }
            try await group.waitForAll()
        }
    }

    private func stop(_ program: String, at order: String) async throws {
        try await SampleFolder.with(count: 12) { folder in
            try await Fleet.with(folder.variables) { fleet in
                let documents = try await fleet.filesAtTheSource()
                try await fleet.extractFiles()
                if program == "loader" { try await fleet.run("transformer", "--drain", "--idle", "0.3") }
                let worker = try fleet.start(program, [], with: ["OHRA_FAILPOINT": order])
                try await worker.waitForStandardError(containing: "failpoint")
                let began = ContinuousClock.now
                worker.terminate()
                let output = try await worker.output()
                #expect(output.status == 0, "\(program) \(order): \(output.complaint)")
                #expect(began.duration(to: .now) < .seconds(25), "\(program) \(order)")
                try await fleet.drainOneByOne()
                #expect(try await Ledger(of: fleet).imbalance(expecting: documents) == [], "\(program) \(order)")
            }
        }
    }

    @Test func secondInterruptEndsAtOnceAndLosesNothing() async throws {
        try await SampleFolder.with(count: 12) { folder in
            try await Fleet.with(folder.variables) { fleet in
                let documents = try await fleet.filesAtTheSource()
                try await fleet.extractFiles()
                let worker = try fleet.start("transformer", [], with: ["OHRA_FAILPOINT": "embed:hang"])
                try await worker.waitForStandardError(containing: "failpoint")
                worker.signal(SIGINT)
                // Two equal signals that are pending together are one; the first one's log line says it was taken.
                try await worker.waitForStandardError(containing: "Stopping")
                let began = ContinuousClock.now
                worker.signal(SIGINT)
                #expect(try await worker.output().status == 130)
                #expect(began.duration(to: .now) < .seconds(2))
                try await fleet.drainOneByOne()
                #expect(try await Ledger(of: fleet).imbalance(expecting: documents) == [])
            }
        }
    }
}

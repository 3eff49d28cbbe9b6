import Shared
import TestSupport
import Testing

@testable import Operator

struct TraceVerdictTests {
    private static let old = DocumentVersion(revision: 1, epoch: 100)
    private static let new = DocumentVersion(revision: 2, epoch: 100)

    private func commit(_ version: DocumentVersion, _ state: Marker.State = .loaded, chunks: Int = 3) -> Commit {
        Commit(
            marker: Marker(
                documentID: "a", sourceType: "files", versionKey: "k", fingerprint: "f", version: version,
                chunkCount: state == .deleted ? 0 : chunks, state: state, title: "", url: "", scope: ""),
            run: "r", committedAt: "")
    }

    private func sighting(
        _ version: DocumentVersion, _ stage: Topology.Stage = .documents, isDeleted: Bool = false,
        chunks: Set<Int> = [], of count: Int? = nil
    ) -> Sighting {
        Sighting(
            stage: stage, version: version, isDeleted: isDeleted, run: "r", first: nil, last: nil, chunkCount: count,
            chunks: chunks)
    }

    private func dead(_ version: DocumentVersion?) -> DocumentTrace.Dead {
        DocumentTrace.Dead(
            letter: Letter(
                id: "letter-1", stage: .documents, reason: "embedding_invalid", detail: "", documents: ["a"],
                source: "files", run: "r", attempt: 1, at: nil),
            version: version)
    }

    private func points(_ version: DocumentVersion, _ chunks: Set<Int>) -> [ChunkPoint.State: Set<Int>] {
        [ChunkPoint.State(version: version, fingerprint: "f"): chunks]
    }

    private func verdict(
        commits: [Commit] = [], journal: [Sighting] = [], dead: [DocumentTrace.Dead] = [],
        points: [ChunkPoint.State: Set<Int>] = [:]
    ) -> TraceVerdict {
        var trace = DocumentTrace(documentID: "a")
        (trace.commits, trace.journal, trace.dead, trace.points) = (commits, journal, dead, points)
        return TraceVerdict(trace)
    }

    @Test func theNewestStateWithAllItsPointsIsLoaded() {
        let found = verdict(
            commits: [commit(Self.new)], journal: [sighting(Self.old), sighting(Self.new)],
            dead: [dead(Self.old)], points: points(Self.new, [0, 1, 2]))
        #expect(found.state == .loaded && found.text.contains("3 of 3 chunks"))
        // Without any journal, which forgets after a week.
        #expect(verdict(commits: [commit(Self.new)], points: points(Self.new, [0, 1, 2])).state == .loaded)
    }

    @Test func registryAndPointsThatDisagreeAreInconsistent() {
        let missing = verdict(commits: [commit(Self.new)], points: points(Self.new, [0, 2, 7]))
        #expect(missing.state == .inconsistent && missing.text.contains("only 2 of 3 chunks"))
        let both = points(Self.new, [0, 1, 2]).merging(points(Self.old, [0])) { $1 }
        let stale = verdict(commits: [commit(Self.new)], points: both)
        #expect(stale.state == .inconsistent && stale.text.contains("other states: 1."))
        let undead = verdict(commits: [commit(Self.new, .deleted)], points: points(Self.old, [0, 1]))
        #expect(undead.state == .inconsistent && undead.text.contains("points of it are here: 2."))
        #expect(verdict(points: points(Self.new, [0])).state == .inconsistent)
    }

    @Test func aNewerStateInTheJournalIsPending() {
        let loaded = (commits: [commit(Self.old)], points: points(Self.old, [0, 1, 2]))
        let published = verdict(
            commits: loaded.commits, journal: [sighting(Self.old), sighting(Self.new)], points: loaded.points)
        #expect(published.state == .pending && published.text.contains("waits for a transformer"))
        #expect(published.text.contains("ohra replay documents --document a"))
        let embedded = verdict(
            commits: loaded.commits,
            journal: [sighting(Self.new), sighting(Self.new, .vectors, chunks: [0, 1], of: 3)],
            points: loaded.points.merging(points(Self.new, [0])) { $1 })
        #expect(embedded.state == .pending)
        #expect(embedded.text.contains("vectors of 2 of 3 chunks are published, 1 are in the collection"))
        #expect(embedded.text.contains("ohra replay vectors --document a"))
        let deletion = verdict(
            commits: loaded.commits,
            journal: [
                sighting(Self.new, isDeleted: true), sighting(Self.new, .vectors, isDeleted: true, of: 0),
            ], points: loaded.points)
        #expect(deletion.state == .pending && deletion.text.contains("The deletion waits for a loader"))
        #expect(verdict(journal: [sighting(Self.new)]).state == .pending)
    }

    @Test func aNewerStateAmongTheDeadLettersIsDead() {
        let found = verdict(
            commits: [commit(Self.old)], journal: [sighting(Self.new)], dead: [dead(Self.new)],
            points: points(Self.old, [0, 1, 2]))
        #expect(found.state == .dead)
        #expect(found.text.contains("embedding_invalid") && found.text.contains("ohra dead replay letter-1"))
        // The journal may have forgotten it, and the body may be broken.
        #expect(verdict(commits: [commit(Self.old)], dead: [dead(Self.new)]).state == .dead)
        #expect(verdict(dead: [dead(nil)]).state == .dead)
        // Sent once more and dead before, but newer since.
        #expect(verdict(journal: [sighting(Self.new)], dead: [dead(Self.old)]).state == .pending)
    }

    @Test func whatNobodyKnowsIsUnknownAndWhatIsGoneIsDeleted() {
        #expect(verdict().state == .unknown)
        #expect(verdict(commits: [commit(Self.new, .deleted)], journal: [sighting(Self.new)]).state == .deleted)
    }
}

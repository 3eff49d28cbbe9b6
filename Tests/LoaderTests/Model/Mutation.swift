import Shared

/// A deliberately broken protocol: the real code over a store that makes it behave as if a step were wrong. The model must
/// catch each of them, or it could not catch a real mistake of that kind.
enum Mutation: String, CaseIterable, Sendable {
    /// Old points go before the new ones come.
    case deletesFirst
    /// *Finish* trusts the markers that were read at the beginning.
    case doesNotReadMarkersAgain
    /// A marker is set without counting whether all chunks are there.
    case commitsBeforeComplete
    /// A message that turns out to be overtaken is acknowledged without *finish*.
    case doesNotFinishOvertaken
    /// Nobody waits for writes that land late.
    case ignoresLateWrites
    /// A marker is overwritten by a later commit of the same version, of another pipeline.
    case overwritesMarkers
}

/// The requests of one load, as a mutation wants them.
struct MutatedRequests {
    let mutation: Mutation?
    private var firstMarkers: HTTPResponse?
    private var hasWritten = false

    init(_ mutation: Mutation?) { self.mutation = mutation }

    /// A new load begins.
    mutating func begin() {
        firstMarkers = nil
        hasWritten = false
    }

    /// Applies a request as the mutation would have sent it.
    mutating func apply(_ call: SimulatedQdrant.Call, to store: SimulatedQdrant) throws -> HTTPResponse {
        if call.isUpsert { hasWritten = true }
        switch (mutation, call.method, call.action, call.collection) {
        case (.deletesFirst, .put, "points", "c"):
            for document in Set(call.points.compactMap { $0["payload"]?["document_id"]?.string }) {
                store.removePoints(of: document, from: "c")
            }
        case (.doesNotReadMarkersAgain, .post, "points/scroll", "c_registry"):
            if let firstMarkers { return firstMarkers }
            let answer = try store.apply(call)
            firstMarkers = answer
            return answer
        case (.commitsBeforeComplete, .post, "points", "c"):
            // Every chunk is claimed to be there; hashes are looked up with a payload and are left alone.
            if call.body["with_payload"]?.bool == false { return SimulatedQdrant.pointsAnswer(call.ids) }
        case (.doesNotFinishOvertaken, .post, "points/delete", _):
            if !hasWritten { return SimulatedQdrant.completed }
        case (.overwritesMarkers, .put, "points", "c_registry"):
            return store.upsert(call, insertsOnly: false)
        default: break
        }
        return try store.apply(call)
    }
}

import Shared

extension DeadLetters {
    /// Puts letters back to work, over a publisher of its own.
    ///
    /// - Returns: the ids of the letters that were put back.
    func replay(_ filter: LetterFilter) async throws -> Set<String> {
        // A queue at its limit refuses: say so in the end instead of trying for ever.
        let publisher = publisher(patience: .seconds(30))
        do {
            try await publisher.connect()
            let replayed = try await withProgress("Replaying", unit: "dead letters") {
                try await replay(filter, over: publisher, $0)
            }
            await publisher.close()
            return replayed
        } catch {
            await publisher.close()
            throw error
        }
    }

    /// Puts letters back to work.
    ///
    /// Each is published, confirmed, and only then taken out: killed in between, it is at work and still here. Done again it
    /// does no harm, as the effects have deterministic ids; should it die again, both make the same dead letter, of which
    /// the next replay puts one to work and takes the other out.
    /// - Returns: the ids of the letters that were put back.
    private func replay(
        _ filter: LetterFilter, over publisher: any BrokerPublisher, _ progress: ProgressLine
    ) async throws -> Set<String> {
        var replayed: Set<String> = []
        for queue in queues {
            try await queue.visit(isSlow: true) { batch in
                let chosen = batch.filter { filter.matches($0.letter) && !replayed.contains($0.letter.id) }
                var (first, ids) = ([HeldLetter](), Set<String>())
                for held in chosen where ids.insert(held.letter.id).inserted { first.append(held) }
                let (done, failure) = await publish(first, over: publisher)
                replayed.formUnion(done)
                for held in batch where held.isCopy && replayed.contains(held.letter.id) {
                    // The first of a batch is out already.
                    if !first.contains(where: { $0.delivery.tag == held.delivery.tag }) { await held.remove() }
                }
                progress.advance(by: batch.count)
                progress.setCounter("replayed", replayed.count)
                if let failure { throw failure }
                return true
            }
        }
        return replayed
    }

    /// Publishes each and takes it out once it is confirmed.
    private func publish(
        _ letters: [HeldLetter], over publisher: any BrokerPublisher
    ) async -> (done: [String], failure: (any Error)?) {
        await withTaskGroup(of: (String, (any Error)?).self) { group in
            for held in letters {
                let publishing = DeadLetter.replay(
                    of: held.delivery.body, properties: held.delivery.properties, to: held.letter.stage,
                    topology: broker.topology)
                group.addTask {
                    do {
                        try await publisher.publish(publishing)
                        await held.remove()
                        return (held.letter.id, nil)
                    } catch {
                        return (held.letter.id, error)
                    }
                }
            }
            var (done, failure) = ([String](), (any Error)?.none)
            for await (id, error) in group {
                if error == nil { done.append(id) } else { failure = failure ?? error }
            }
            return (done, failure)
        }
    }
}

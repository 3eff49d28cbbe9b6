import Shared

extension EmbeddingDispatcher {
    /// Brings one request to its end: sends it until it succeeds or there is no point in sending it again, in halves where
    /// the server refuses its contents.
    ///
    /// - Parameters:
    ///   - turn: nil means that it has to wait for one.
    ///   - attempt: of the request or of what it is a half of, from 1.
    /// - Returns: whether the server took every text.
    @discardableResult
    func send(_ texts: [QueuedText], turn first: Int? = nil, attempt: Int = 1) async -> Bool {
        var texts = texts
        var attempt = attempt
        var turn = first
        var rested = Duration.zero
        while true {
            let failures = await attemptOnce(&texts, turn: turn)
            turn = nil
            guard let failure = failures.first else { return true }
            if failure.isAboutContents, texts.count > 1 {
                return await sendHalves(of: texts, failure, attempt: attempt)
            }
            let pause = exchange.options.retry.delay(
                afterAttempt: attempt, elapsed: rested, advice: failure.advice, jitter: { $0 * random() })
            guard let pause else {
                // Answers that cannot be may be one text's doing; the halves get a last attempt and one more.
                if failure.isFaultyAnswer, failure.isRejection, texts.count > 1 {
                    return await sendHalves(
                        of: texts, failure, attempt: max(1, exchange.options.retry.maximumAttempts - 1))
                }
                giveUp(texts, failures)
                return false
            }
            guard await rest(for: pause, isShared: failure.isOverload) else { return false }
            // A wait that the server asked for is not held against the budget.
            if failure.retryAfter == nil { rested += pause }
            attempt += 1
        }
    }

    private func sendHalves(of texts: [QueuedText], _ failure: EmbeddingError, attempt: Int) async -> Bool {
        let middle = texts.count / 2
        let isFirstTaken = await send(Array(texts[..<middle]), attempt: attempt)
        let isSecondTaken = await send(Array(texts[middle...]), attempt: attempt)
        let isTaken = isFirstTaken && isSecondTaken
        // Only then was it the size, and not one of the texts.
        if isTaken, let cap = failure.exceeded {
            queue.learn(cap, refused: texts.dropFirst().reduce(texts[0].size) { $0 + $1.size })
        }
        return isTaken
    }

    /// Sends the texts that are still wanted once and hands good vectors over; what is left in `texts` failed.
    ///
    /// - Returns: why, one per text or one for all of them.
    private func attemptOnce(_ texts: inout [QueuedText], turn: Int?) async -> [EmbeddingError] {
        let turn = if let turn { turn } else { await self.turn() }
        texts = wanted(texts)
        if texts.isEmpty || closed != nil {
            leave(turn, isOverload: nil)
            return closed.map { [$0] } ?? []
        }
        do {
            let answer = try await exchange.answer(to: texts.map(\.text))
            leave(turn, isOverload: false)
            var faulty: [(text: QueuedText, error: EmbeddingError)] = []
            for (text, row) in zip(texts, answer.rows) {
                switch row {
                case .success: finish(text, row)
                case .failure(let error): faulty.append((text, error))
                }
            }
            texts = faulty.map(\.text)
            return faulty.map(\.error)
        } catch {
            leave(turn, isOverload: error.isOverload ? true : nil)
            return [error]
        }
    }

    private func sendHalves(of texts: [QueuedText], attempt: Int) async {
        let middle = texts.count / 2
        await send(Array(texts[..<middle]), attempt: attempt)
        await send(Array(texts[middle...]), attempt: attempt)
    }

    /// - Parameter failures: one per text, or one for all.
    private func giveUp(_ texts: [QueuedText], _ failures: [EmbeddingError]) {
        for (index, text) in texts.enumerated() {
            let failure = failures.indices.contains(index) ? failures[index] : failures[0]
            if failure.isRejection { finish(text, .failure(failure)) } else { fail(text.call, failure) }
        }
        guard let failure = failures.first else { return }
        if failure.code == .quotaExhausted {
            close(failure, for: exchange.options.quotaPause)
        } else if let asked = failure.retryAfter, asked > exchange.options.retry.maximumRetryAfter {
            close(failure, for: asked)
        }
    }
}

import Logging
import Shared

/// The dead letters of one or both stages.
struct DeadLetters: Sendable {
    let broker: Broker
    let queues: [DeadQueue]
    /// Says less than the program's: that a command for people connects is no news.
    let logger: Logger

    init(_ settings: BrokerSettings, _ stages: [Topology.Stage], for program: Program) {
        let broker = Broker(settings, for: program)
        var logger = program.logger
        if logger.logLevel == .info { logger.logLevel = .warning }
        self.broker = broker
        self.logger = logger
        queues = stages.map { [logger] in DeadQueue(stage: $0, broker: broker, logger: logger) }
    }

    private init(_ all: DeadLetters, _ stages: [Topology.Stage]) {
        (broker, logger) = (all.broker, all.logger)
        queues = all.queues.filter { stages.contains($0.stage) }
    }

    /// Those of some stages alone.
    func limited(to stages: [Topology.Stage]) -> DeadLetters { DeadLetters(self, stages) }

    func publisher(patience: Duration) -> Publisher {
        Publisher(
            settings: broker.settings, name: broker.connectionName("dead publish"), patience: patience, logger: logger)
    }

    /// Those that match, the oldest first within a queue. Of a letter that is there twice the later one is told.
    func list(_ filter: LetterFilter) async throws -> [Letter] {
        var letters: [Letter] = []
        var places: [String: Int] = [:]
        for queue in queues {
            try await queue.visit { batch in
                for letter in batch.map(\.letter) where filter.matches(letter) {
                    if let place = places[letter.id] {
                        letters[place] = letter
                    } else {
                        places[letter.id] = letters.count
                        letters.append(letter)
                    }
                }
                return true
            }
        }
        return letters
    }

    /// The letter of an id with all that it carries.
    ///
    /// - Throws: ``NoSuchLetters``.
    func find(_ id: String) async throws -> HeldLetter {
        var found: HeldLetter?
        for queue in queues where found == nil {
            try await queue.visit { batch in
                found = batch.first { $0.letter.id == id }
                return found == nil
            }
        }
        guard let found else { throw NoSuchLetters(ids: [id]) }
        return found
    }

    /// Takes letters out of their queues for good.
    ///
    /// - Returns: how many there were.
    func discard(_ ids: Set<String>) async throws -> Int {
        var discarded: Set<String> = []
        for queue in queues {
            try await queue.visit { batch in
                for held in batch where ids.contains(held.letter.id) {
                    await held.remove()
                    discarded.insert(held.letter.id)
                }
                return true
            }
        }
        return discarded.count
    }
}

/// Ids that are in no dead-letter queue.
struct NoSuchLetters: Error, CustomStringConvertible {
    let ids: [String]

    var description: String {
        "no dead letter has the id \(ids.sorted().joined(separator: ", ")); `ohra dead list` shows those there are"
    }
}

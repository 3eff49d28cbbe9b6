public import ArgumentParser

/// Options of the two workers.
public struct WorkerOptions: ParsableArguments, Sendable {
    @Flag(help: "End with success once the queue has stayed empty.")
    public var drain = false

    @Option(help: ArgumentHelp("With --drain: how long the queue must stay empty.", valueName: "seconds"))
    public var idle: Double = 5

    @Option(help: ArgumentHelp("Messages worked on at once; what is right for one core by default.", valueName: "n"))
    public var concurrency: Int?

    @Option(help: ArgumentHelp("Messages fetched from the broker at once: twice the concurrency.", valueName: "n"))
    public var prefetch: Int?

    public init() {}

    public func validate() throws {
        guard idle > 0, idle <= 86_400 else { throw ValidationError("--idle takes seconds, more than 0") }
        guard concurrency.map({ (1...64).contains($0) }) ?? true else {
            throw ValidationError("--concurrency takes a number from 1 to 64")
        }
        guard prefetch.map({ (1...1024).contains($0) }) ?? true else {
            throw ValidationError("--prefetch takes a number from 1 to 1024")
        }
    }
}

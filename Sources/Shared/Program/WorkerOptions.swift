public import ArgumentParser

/// Options of the two workers.
public struct WorkerOptions: ParsableArguments, Sendable {
    @Flag(help: "End with success once the queue has stayed empty.")
    public var drain = false

    @Option(help: ArgumentHelp("With --drain: how long the queue must stay empty.", valueName: "seconds"))
    public var idle: Double = 5

    public init() {}

    public func validate() throws {
        guard idle > 0, idle <= 86_400 else { throw ValidationError("--idle takes seconds, more than 0") }
    }
}

import Glibc
public import Logging
public import ServiceLifecycle
import UnixSignals

/// What the commands of all programs share: settings first, then logs, then work, and one exit code at the end.
public struct Program: Sendable {
    /// `extractor`, `transformer`, `loader` or `ohra`.
    public let name: String
    public let logger: Logger

    /// Runs one command.
    ///
    /// - Parameters:
    ///   - read: reads the command's settings. Its faults and those of the reader are reported together.
    ///   - work: gets what `read` made.
    /// - Throws: `ValidationError` for a `--set` that is none. Everything else ends the process here, after a fault was
    ///   told to the user.
    public static func run<Settings>(
        _ name: String, _ options: CommonOptions, read: (inout SettingsReader) throws -> Settings,
        work: (Program, Settings) async throws -> ProgramExit
    ) async throws -> Never {
        Telemetry.prepareProcess()
        let flags = try options.flags()
        let exit: Int32
        do {
            var reader = try await SettingsReader.load(flags: flags, file: options.config)
            let log = LogSettings(&reader)
            let settings = try read(&reader)
            try reader.finish()
            Telemetry.bootstrap(service: name, log)
            exit = try await work(Program(name: name, logger: Logger(label: name)), settings).rawValue
        } catch {
            exit = ProgramFailure.report(error, program: name)
        }
        // Not `exit`: that runs the destructors of C libraries while their threads are still winding down, which aborted
        // one run in 250 on a busy machine. All output is written by now.
        _exit(exit)
    }

    /// Runs services until one ends or a signal comes; SIGTERM and SIGINT shut all of them down gracefully, the last one
    /// first.
    ///
    /// - Parameters:
    ///   - services: in dependency order.
    ///   - code: how the process ends when the shutdown does not come to its end in time: a worker that was told to stop has
    ///     done so, a command has not done what it was asked for.
    public func serve(_ services: [any Service], exitWhenLate code: ProgramExit = .done) async throws {
        let configurations = services.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup)
        }
        var configuration = ServiceGroupConfiguration(services: configurations, logger: logger)
        configuration.gracefulShutdownSignals = [.sigterm, .sigint]
        watchForImpatience(exitWhenLate: code)
        try await ServiceGroup(configuration: configuration).run()
    }
}

/// The end of a program that failed: one clear message on standard error and the exit code.
public enum ProgramFailure {
    /// Tells the user what went wrong.
    ///
    /// Printed plainly whatever the log format is, as the last thing the program says. Control characters are made
    /// visible; only line breaks of the message itself, as in a list of wrong settings, are kept.
    ///
    /// - Returns: the exit code: the error's own, or 1.
    public static func report(_ error: any Error, program: String) -> Int32 {
        report(error, program: program, on: .shared)
    }

    static func report(_ error: any Error, program: String, on streams: StandardStreams) -> Int32 {
        let lines = "\(error)".split(separator: "\n", omittingEmptySubsequences: true)
        // Settings files can hold many faults; more than a screen of them helps nobody.
        for (index, line) in lines.prefix(60).enumerated() {
            let text = String(line).cleaned(upTo: 2000)
            streams.writeErrorLine(index == 0 ? "\(program): \(text)" : text)
        }
        return (error as? any ExitCoded)?.exitCode ?? ProgramExit.incomplete.rawValue
    }
}

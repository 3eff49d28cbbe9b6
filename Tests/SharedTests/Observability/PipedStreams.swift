import Foundation
import Glibc
import Synchronization

@testable import Shared

/// Standard streams whose ends are pipes, so that tests read what a terminal would get.
final class PipedStreams {
    let streams: StandardStreams
    private let output: (reader: Int32, writer: Int32)
    private let error: (reader: Int32, writer: Int32)

    init(errorTerminal: Terminal = Terminal(isInteractive: true, usesColor: false, columns: 60)) {
        output = Self.pipe()
        error = Self.pipe()
        streams = StandardStreams(
            output: output.writer, error: error.writer,
            outputTerminal: Terminal(isInteractive: false, usesColor: false, columns: 60),
            errorTerminal: errorTerminal)
    }

    deinit {
        for descriptor in [output.reader, output.writer, error.reader, error.writer] where descriptor >= 0 {
            close(descriptor)
        }
    }

    /// What has been written on standard error since the last call. Does not wait.
    func readError() -> String { Self.drain(error.reader) }

    /// What has been written on standard output since the last call.
    func readOutput() -> String { Self.drain(output.reader) }

    private static func pipe() -> (Int32, Int32) {
        var ends: [Int32] = [0, 0]
        precondition(Glibc.pipe(&ends) == 0)
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    private static func drain(_ descriptor: Int32) -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: text, as: UTF8.self) }
            text += buffer[..<count]
        }
    }
}

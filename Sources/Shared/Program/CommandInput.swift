import Glibc

/// A file, or standard input, that a command works on.
public enum CommandInput {
    /// The whole of `file`; of standard input when it is nil or `-`.
    public static func bytes(_ file: String?) throws(InputError) -> [UInt8] {
        let name = file.flatMap { $0 == "-" ? nil : $0 }
        let descriptor = name.map { open($0, O_RDONLY | O_CLOEXEC) } ?? STDIN_FILENO
        guard descriptor >= 0 else {
            throw InputError("\(name ?? "") cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { if name != nil { close(descriptor) } }
        var bytes: [UInt8] = []
        while true {
            let count = withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { buffer in
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count > 0 { bytes.append(contentsOf: buffer.prefix(count)) }
                return count
            }
            if count == 0 { return bytes }
            if count < 0, errno != EINTR {
                throw InputError("\(name ?? "standard input") cannot be read: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// The same as text.
    public static func text(_ file: String?) throws(InputError) -> String {
        guard let text = String(validating: try bytes(file), as: UTF8.self) else {
            throw InputError("\(file ?? "standard input") is not UTF-8")
        }
        return text
    }
}

/// Input that a command cannot work on.
public struct InputError: Error, CustomStringConvertible, Sendable {
    public let description: String

    public init(_ description: String) { self.description = description }
}

import Glibc

/// The name of this machine.
public enum HostName {
    /// The kernel's name for it; Foundation's asks the name servers and may wait for them.
    public static var current: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let start = buffer.baseAddress, gethostname(start, buffer.count - 1) == 0 else { return "localhost" }
            buffer[buffer.count - 1] = 0
            let name = String(cString: start)
            return name.isEmpty ? "localhost" : name
        }
    }
}

import Glibc

/// How much memory this process takes.
public enum ProcessMemory {
    /// Bytes in memory now (second field of `/proc/self/statm`); 0 where that cannot be read.
    public static var residentBytes: Int { (statistics(1) ?? 0) * pageSize }

    /// Bytes of address space.
    static var virtualBytes: Int { (statistics(0) ?? 0) * pageSize }

    /// The most bytes that were in memory at one time since the start (`VmHWM` of `/proc/self/status`).
    public static var peakResidentBytes: Int {
        guard let status = ProcFile.read("/proc/self/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = Int(String(line.drop { !$0.isNumber }.prefix { $0.isNumber }))
        else { return residentBytes }
        return kilobytes * 1024
    }

    private static var pageSize: Int { Int(sysconf(Int32(_SC_PAGESIZE))) }

    private static func statistics(_ field: Int) -> Int? {
        let fields = ProcFile.read("/proc/self/statm")?.split(separator: " ") ?? []
        return field < fields.count ? Int(fields[field]) : nil
    }
}

/// Reads the small files of `/proc`, whose size is not known before they are read.
enum ProcFile {
    /// The first 64 kB of a file, nil when it cannot be read.
    static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var count = 0
        while count < bytes.count {
            let size = bytes[count...].withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            guard size > 0 else { break }
            count += size
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

import Glibc

/// Metrics of the process itself, under the names that Prometheus clients agree on.
///
/// https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
enum ProcessMetrics {
    static func write(to text: inout PrometheusText) {
        func write(_ name: String, _ kind: PrometheusText.Kind, _ help: String, _ value: Double?) {
            guard let value else { return }
            text.begin(name, kind, help: help)
            text.sample(name, "", value)
        }
        write("process_resident_memory_bytes", .gauge, "Memory in use", Double(ProcessMemory.residentBytes))
        write(
            "process_peak_resident_memory_bytes", .gauge, "Most memory ever in use",
            Double(ProcessMemory.peakResidentBytes))
        write("process_virtual_memory_bytes", .gauge, "Address space", Double(ProcessMemory.virtualBytes))
        write("process_cpu_seconds_total", .counter, "User and system CPU time", cpuSeconds)
        write("process_open_fds", .gauge, "Open file descriptors", openDescriptors.map { Double($0) })
        write("process_max_fds", .gauge, "Largest number of open file descriptors", maximumDescriptors)
        write("process_start_time_seconds", .gauge, "Start of the process since 1970", startTime)
    }

    static var cpuSeconds: Double {
        Double(clock()) / Double(CLOCKS_PER_SEC)
    }

    static var openDescriptors: Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Not `.`, `..` and the descriptor that reads the folder.
        return max(0, count - 3)
    }

    private static var maximumDescriptors: Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return limit.rlim_cur == rlim_t.max ? .infinity : Double(limit.rlim_cur)
    }

    /// From the kernel's ticks since boot (field 22 of `/proc/self/stat`) and the moment of boot (`btime`).
    static var startTime: Double? {
        // The second field is the program's name in parentheses and may hold blanks; field 3 follows the last one.
        guard let status = ProcFile.read("/proc/self/stat"), let end = status.lastIndex(of: ")"),
            let boot = ProcFile.read("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") })
        else { return nil }
        let fields = status[status.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]), let began = Double(boot.dropFirst(6)) else {
            return nil
        }
        return began + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

import Glibc
import Logging
import Metrics
import Synchronization

/// Sets up logging and metrics for the whole process.
public enum Telemetry {
    private static let isSetUp = Mutex(false)

    /// Call once at the start of the program; later calls do nothing.
    ///
    /// Also prepares the process for being watched: a broken pipe is an error code rather than the end, and descriptors 0
    /// to 2 are open, so that no socket can ever get the number of a closed standard error and receive log lines.
    ///
    /// - Parameter service: `extractor`, `transformer`, `loader` or `ohra`; on every log line.
    public static func bootstrap(service: String, _ settings: LogSettings) {
        let isFirst = isSetUp.withLock { isSetUp in
            defer { isSetUp = true }
            return !isSetUp
        }
        guard isFirst else { return }
        prepareProcess()
        LoggingSystem.bootstrap { LineLogHandler(label: $0, service: service, settings: settings) }
        MetricsSystem.bootstrap(PrometheusRegistry.shared)
    }

    /// The part that programs need even before their settings are read.
    public static func prepareProcess() {
        signal(SIGPIPE, SIG_IGN)
        while true {
            let descriptor = open("/dev/null", O_RDWR)
            // The lowest free number is given out first; the first one past standard error means all three are open.
            guard (STDIN_FILENO...STDERR_FILENO).contains(descriptor) else {
                if descriptor > STDERR_FILENO { close(descriptor) }
                return
            }
        }
    }
}

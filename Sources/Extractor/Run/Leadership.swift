import Logging
import Platforms
import Shared

/// Which sources this process runs on schedule: those whose schedule lease it holds.
actor Leadership {
    private let broker: Broker
    private let logger: Logger
    private var leases: [String: Lease] = [:]
    /// Sources that another process led last time, so that it is said once.
    private var followed: Set<String> = []

    init(broker: Broker, logger: Logger) {
        self.broker = broker
        self.logger = logger
    }

    /// Keeps what is led, takes what is free, and returns the sources that are led now.
    ///
    /// A lease that went with its connection since the last time is asked for anew, like any other.
    func claim(_ sources: [any DocumentSource]) async throws(BrokerError) -> [any DocumentSource] {
        var led: [any DocumentSource] = []
        for source in sources {
            let name = source.lease(.schedule)
            if let lease = leases[name] {
                if await lease.isHeld {
                    led.append(source)
                    continue
                }
                await lease.release()
                leases[name] = nil
            }
            let metadata: Logger.Metadata = [
                LogKey.source: "\(type(of: source).name)", "instance": "\(source.instance)",
            ]
            if let lease = try await Lease.acquire(name, at: broker, logger: logger) {
                leases[name] = lease
                led.append(source)
                if followed.remove(name) != nil { logger.notice("Leading from now on", metadata: metadata) }
            } else if followed.insert(name).inserted {
                logger.notice("Another extractor leads; standing by", metadata: metadata)
            }
        }
        return led
    }

    /// Leaves everything to the next one.
    func resign() async {
        for lease in leases.values { await lease.release() }
        leases = [:]
    }
}

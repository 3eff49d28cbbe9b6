import FoundationEssentials

/// How to reach the broker and how patient to be with it.
public struct BrokerSettings: Sendable {
    /// `amqp` or `amqps`; the path is not part of it, see ``virtualHost``.
    public var url: ServiceURL
    public var virtualHost: String
    public var user: String
    public var password: Secret
    /// Certificates of the authorities that may sign the broker's, PEM. Set for `amqps`: librabbitmq loads none by itself.
    public var certificateAuthorityFile: String?
    /// First word of every exchange and queue.
    public var prefix: String
    /// Whether programs declare the topology at start instead of only verifying it.
    public var declaresTopology: Bool
    /// The HTTP interface of the management plugin: policies and users can be set nowhere else.
    public var managementURL: ServiceURL
    /// What the journal keeps. Takes effect where policies are set: when the topology is made and by `ohra topology apply`.
    public var journal: JournalRetention

    /// Agreed with the broker, which may lower it. Peer silence of twice this long is a lost connection. Whole seconds.
    public var heartbeat: Duration = .seconds(10)
    /// For the TCP and TLS connection, and again for the login.
    public var connectTimeout: Duration = .seconds(10)
    /// For one question to the broker.
    public var callTimeout: Duration = .seconds(10)
    /// What one blocking library call gets, plus a second per 8 KiB sent, before the socket is shut down.
    public var stallTimeout: Duration = .seconds(30)
    /// A message or frame that has begun and does not grow by a frame for this long is a lost connection, though heartbeats
    /// go on. A frame holds up to 128 KiB.
    public var progressTimeout: Duration = .seconds(60)
    /// Shortest and longest pause between two attempts to connect.
    public var reconnectDelays: ClosedRange<Duration> = .seconds(1) ... .seconds(30)

    public init(
        url: ServiceURL, virtualHost: String = "/", user: String, password: Secret,
        certificateAuthorityFile: String? = nil, prefix: String = "ohra", declaresTopology: Bool = false,
        managementURL: ServiceURL? = nil, journal: JournalRetention = JournalRetention()
    ) {
        self.url = url
        self.virtualHost = virtualHost
        self.user = user
        self.password = password
        self.certificateAuthorityFile = certificateAuthorityFile
        self.prefix = prefix
        self.declaresTopology = declaresTopology
        self.managementURL = managementURL ?? .management(of: url)
        self.journal = journal
    }

    public var usesTLS: Bool { url.scheme == "amqps" }
    public var port: Int { url.port ?? (usesTLS ? 5671 : 5672) }
    /// Host, port and virtual host for logs.
    public var address: String { "\(url.origin) virtual host \(virtualHost)" }
}

extension BrokerSettings {
    /// Reads and checks the settings; faults are noted in `reader`.
    ///
    /// | key | value | default |
    /// | --- | --- | --- |
    /// | `OHRA_AMQP_URL` | `amqp://host:port/virtual-host` or `amqps://…`, percent-encoded, no user info | `amqp://127.0.0.1:5672` |
    /// | `OHRA_AMQP_USER` | user name | `guest` on loopback only |
    /// | `OHRA_AMQP_PASSWORD`, `…_FILE` | secret | `guest` on loopback only |
    /// | `OHRA_AMQP_CA_FILE` | PEM file; needed for `amqps` | none |
    /// | `OHRA_AMQP_PREFIX` | 1–64 of letters, digits, `.`, `_`, `-` | `ohra` |
    /// | `OHRA_AMQP_DECLARE` | whether to declare the topology | true on loopback |
    /// | `OHRA_AMQP_MANAGEMENT_URL` | `http(s)://host:port` | the broker's host: `http`, 15672; with `amqps` `https`, 15671 |
    /// | `OHRA_AMQP_JOURNAL_MAX_AGE` | a number and `Y`, `M`, `D`, `h`, `m` or `s` | `7D` |
    /// | `OHRA_AMQP_JOURNAL_MAX_BYTES` | 16 MiB to 1 TiB, `KiB` `MiB` `GiB` `TiB` allowed | `2GiB` |
    public init(from reader: inout SettingsReader) {
        let isSet = reader.optionalString("OHRA_AMQP_URL") != nil
        let fallback = ServiceURL.localBroker
        let given = isSet ? reader.url("OHRA_AMQP_URL", schemes: ["amqp", "amqps"]) : fallback
        let url = given ?? fallback
        var virtualHost = "/"
        if url.path.count > 1 {
            let name = url.path.dropFirst()
            if let decoded = percentDecoded(name.utf8), !name.contains("/"), !decoded.utf8.contains(0) {
                virtualHost = decoded
            } else {
                reader.fault("OHRA_AMQP_URL", "has a path that is no virtual host; write a slash in its name as %2F")
            }
        }
        if url.scheme == "amqps", url.host.contains(":") || url.host.allSatisfy({ $0.isNumber || $0 == "." }) {
            reader.fault("OHRA_AMQP_URL", "has an IP address; librabbitmq compares certificates with DNS names only")
        }
        let user = reader.optionalString("OHRA_AMQP_USER")
        let password = reader.secret("OHRA_AMQP_PASSWORD")
        // A faulty URL is reported as such; asking for credentials as well would only confuse.
        if !url.isLoopback, given != nil {
            if user == nil { reader.fault("OHRA_AMQP_USER", "is needed for a broker that is not on this machine") }
            let isFaulty = reader.faults.contains { $0.hasPrefix("OHRA_AMQP_PASSWORD") }
            if password == nil, !isFaulty {
                reader.fault("OHRA_AMQP_PASSWORD", "or OHRA_AMQP_PASSWORD_FILE is needed for a broker elsewhere")
            }
        }
        let authorities = reader.optionalString("OHRA_AMQP_CA_FILE")
        if url.scheme == "amqps" {
            if let authorities {
                if !FileManager.default.isReadableFile(atPath: authorities) {
                    reader.fault("OHRA_AMQP_CA_FILE", "cannot be read: \(authorities)")
                }
            } else {
                reader.fault("OHRA_AMQP_CA_FILE", "is needed with amqps: the PEM file of the broker's authority")
            }
        }
        let prefix = reader.string("OHRA_AMQP_PREFIX", default: "ohra")
        let isPlain = prefix.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if !isPlain || prefix.utf8.count > 64 {
            reader.fault("OHRA_AMQP_PREFIX", "must be 1 to 64 letters, digits, '.', '_' or '-'")
        }
        self.init(
            url: url, virtualHost: virtualHost, user: user ?? "guest", password: password ?? Secret("guest"),
            certificateAuthorityFile: authorities, prefix: prefix,
            declaresTopology: reader.boolean("OHRA_AMQP_DECLARE", default: url.isLoopback),
            managementURL: reader.url("OHRA_AMQP_MANAGEMENT_URL"), journal: JournalRetention(from: &reader))
    }
}

/// nil when an escape is incomplete or the bytes are no UTF-8. FoundationEssentials has no such function.
private func percentDecoded(_ text: some Sequence<UInt8>) -> String? {
    var bytes: [UInt8] = []
    var iterator = text.makeIterator()
    while let byte = iterator.next() {
        guard byte == UInt8(ascii: "%") else {
            bytes.append(byte)
            continue
        }
        let digits = [iterator.next(), iterator.next()].compactMap { $0 }
        guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
}

extension ServiceURL {
    /// Where RabbitMQ's management plugin listens by default; encrypted where the broker is.
    fileprivate static func management(of broker: ServiceURL) -> ServiceURL {
        broker.scheme == "amqps"
            ? ServiceURL(scheme: "https", host: broker.host, port: 15671)
            : ServiceURL(scheme: "http", host: broker.host, port: 15672)
    }

    fileprivate static var localBroker: ServiceURL {
        do {
            return try ServiceURL("amqp://127.0.0.1:5672", schemes: ["amqp"])
        } catch {
            preconditionFailure("a constant URL does not parse")
        }
    }
}

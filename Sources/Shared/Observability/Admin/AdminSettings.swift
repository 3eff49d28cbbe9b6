/// Where the admin endpoints listen.
///
/// | key | type | default | range |
/// | --- | --- | --- | --- |
/// | `OHRA_ADMIN_HOST` | IPv4 or IPv6 address, or `localhost` | `127.0.0.1` | |
/// | `OHRA_ADMIN_PORT` | port | `0` = off | 0…65535 |
///
/// The endpoints have no login. Listen on another address than loopback only inside a closed network.
public struct AdminSettings: Sendable, Equatable {
    /// An IP address.
    public var host: String
    /// nil means off.
    public var port: UInt16?

    public init(host: String = "127.0.0.1", port: UInt16? = nil) {
        self.host = host
        self.port = port
    }

    /// Reads the keys above.
    public init(_ reader: inout SettingsReader) {
        let host = reader.string("OHRA_ADMIN_HOST", default: "127.0.0.1")
        self.host = host.lowercased() == "localhost" ? "127.0.0.1" : host
        let port = reader.integer("OHRA_ADMIN_PORT", default: 0, in: 0...65535)
        self.port = port == 0 ? nil : UInt16(port)
        if !HTTPListener.isAddress(self.host) {
            reader.fault("OHRA_ADMIN_HOST", "must be an IP address such as 127.0.0.1, 0.0.0.0 or ::")
        }
    }
}

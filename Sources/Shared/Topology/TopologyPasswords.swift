/// Passwords for the fleet's users, from a file with a line `role=password` for each.
///
/// A file of its own because a password on a command line or in a definitions file is one that others can read.
public struct TopologyPasswords: Sendable {
    public static let setting = "OHRA_TOPOLOGY_PASSWORDS_FILE"

    let secrets: [FleetRole: Secret]

    /// The roles that get a password.
    public var roles: [FleetRole] { FleetRole.allCases.filter { secrets[$0] != nil } }

    /// Reads the file that ``setting`` names; faults go to the reader, with line numbers and never with text of the file.
    public init(_ reader: inout SettingsReader) {
        guard let file = reader.optionalString(Self.setting) else {
            reader.fault(Self.setting, "is needed with --users: a file with a line role=password for each user")
            secrets = [:]
            return
        }
        do {
            secrets = Self.parse(try CommandInput.text(file)) { reader.fault(Self.setting, $0) }
        } catch {
            reader.fault(Self.setting, "is of no use: \(error)")
            secrets = [:]
        }
    }

    /// Empty lines and lines that start with `#` are skipped.
    static func parse(_ text: String, fault: (String) -> Void) -> [FleetRole: Secret] {
        var secrets: [FleetRole: Secret] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if line.isEmpty || line.hasPrefix("#") { continue }
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let role = FleetRole(rawValue: String(parts[0])) else {
                let names = FleetRole.allCases.map(\.rawValue).joined(separator: ", ")
                fault("line \(index + 1): expected role=password; roles are \(names)")
                continue
            }
            if secrets.updateValue(Secret(String(parts[1])), forKey: role) != nil {
                fault("line \(index + 1): \(role.rawValue) has a password already")
            }
        }
        if secrets.isEmpty { fault("holds no password") }
        return secrets
    }
}

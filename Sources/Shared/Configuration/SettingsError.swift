/// All faults of the settings, found before anything runs. Programs exit with 78.
public struct SettingsError: Error, CustomStringConvertible, Sendable {
    /// One line each: the variable's name, what is wrong, what to do. Never a secret's value.
    public let faults: [String]

    public init(_ faults: [String]) { self.faults = faults }

    public var description: String {
        faults.count == 1 ? faults[0] : "\(faults.count) settings are wrong:\n  " + faults.joined(separator: "\n  ")
    }
}

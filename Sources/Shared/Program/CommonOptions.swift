public import ArgumentParser

/// Options that every command of every program takes.
public struct CommonOptions: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("A YAML or JSON file of settings; the environment wins over it.", valueName: "file"))
    public var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "A setting, for example OHRA_LOG_LEVEL=debug; wins over everything.", valueName: "name=value"))
    public var settings: [String] = []

    public init() {}

    /// The settings that `--set` gives.
    ///
    /// - Throws: `ValidationError` for one without an equals sign.
    func flags() throws -> [String: String] {
        var flags: [String: String] = [:]
        for setting in settings {
            guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
                throw ValidationError("--set \(setting): expected NAME=VALUE")
            }
            flags[String(setting[..<equals])] = String(setting[setting.index(after: equals)...])
        }
        return flags
    }
}

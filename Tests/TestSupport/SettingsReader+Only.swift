import Configuration
public import Shared

extension SettingsReader {
    /// Reads exactly these settings; the environment of the tests plays no part.
    public static func only(_ settings: [String: String]) -> SettingsReader {
        let values = settings.map { (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: false)) }
        return SettingsReader(
            ConfigReader(provider: InMemoryProvider(values: Dictionary(uniqueKeysWithValues: values))))
    }
}

public import Configuration
import FoundationEssentials
import SystemPackage

/// Reads settings by the names of DESIGN §2 and collects every fault instead of stopping at the first.
///
/// Flags win over the environment, the environment over the file given with `--config` (YAML or JSON whose keys are the
/// same names). An empty value counts as not set. Each settings struct reads its own part; the program then calls
/// ``finish()`` once, before anything runs.
public struct SettingsReader {
    private let reader: ConfigReader
    /// Faults found so far, one line each.
    public private(set) var faults: [String] = []

    public init(_ reader: ConfigReader) { self.reader = reader }

    /// - Parameters:
    ///   - flags: values given on the command line, by setting name.
    ///   - file: path of a YAML (`.yaml`, `.yml`) or JSON file, nil for none.
    /// - Throws: ``SettingsError`` when the file cannot be read.
    public static func load(flags: [String: String] = [:], file: String? = nil) async throws(SettingsError)
        -> SettingsReader
    {
        let overrides = flags.map { (AbsoluteConfigKey([$0.key]), ConfigValue(.string($0.value), isSecret: false)) }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "flags", values: Dictionary(uniqueKeysWithValues: overrides)),
            EnvironmentVariablesProvider(),
        ]
        if let file {
            do {
                if file.hasSuffix(".json") {
                    providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
                } else {
                    providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
                }
            } catch {
                throw SettingsError(["--config \(file): cannot be read as \(file.hasSuffix(".json") ? "JSON" : "YAML")"]
                )
            }
        }
        return SettingsReader(ConfigReader(providers: providers))
    }

    /// - Throws: ``SettingsError`` with every fault found.
    public func finish() throws(SettingsError) {
        if !faults.isEmpty { throw SettingsError(faults) }
    }

    public mutating func fault(_ name: String, _ text: String) {
        let line = "\(name) \(text)"
        if !faults.contains(line) { faults.append(line) }
    }

    public func optionalString(_ name: String) -> String? {
        let key = ConfigKey([name])
        let text =
            reader.string(forKey: key) ?? reader.int(forKey: key).map(String.init)
            ?? reader.double(forKey: key).map { String($0) } ?? reader.bool(forKey: key).map { String($0) }
        guard let text, !text.isEmpty else { return nil }
        return text
    }

    public func string(_ name: String, default fallback: String) -> String { optionalString(name) ?? fallback }

    /// A whole number within `range`.
    public mutating func integer(_ name: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = optionalString(name) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            fault(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return number
    }

    /// `true`, `false`, `1`, `0`, `yes`, `no`, `on` or `off`.
    public mutating func boolean(_ name: String, default fallback: Bool) -> Bool {
        switch optionalString(name)?.lowercased() {
        case nil: return fallback
        case "true", "1", "yes", "on": return true
        case "false", "0", "no", "off": return false
        default:
            fault(name, "must be true or false")
            return fallback
        }
    }

    /// One of the cases of an enumeration, by raw value.
    public mutating func choice<Choice>(_ name: String, default fallback: Choice) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let text = optionalString(name) else { return fallback }
        guard let choice = Choice(rawValue: text.lowercased()) else {
            fault(name, "is '\(text)'; expected \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return fallback
        }
        return choice
    }

    /// Values separated by commas, blanks around them dropped.
    public func list(_ name: String) -> [String] {
        (optionalString(name) ?? "").split(separator: ",").map { String($0).trimming(\.isWhitespace) }
            .filter { !$0.isEmpty }
    }

    /// A service's address, nil when not set or faulty (the fault is noted).
    public mutating func url(_ name: String, schemes: [String] = ["https", "http"]) -> ServiceURL? {
        guard let text = optionalString(name) else { return nil }
        do {
            return try ServiceURL(text, schemes: schemes)
        } catch {
            fault(name, error.text)
            return nil
        }
    }

    /// The secret `name`, or the first line's worth of the file that `<name>_FILE` points to.
    ///
    /// One newline at the end of the file is dropped. Both set, an unreadable, empty or multi-line secret is a fault.
    public mutating func secret(_ name: String) -> Secret? {
        let direct = reader.string(forKey: ConfigKey([name]), isSecret: true).flatMap { $0.isEmpty ? nil : $0 }
        let path = optionalString(name + "_FILE")
        if direct != nil, path != nil {
            fault(name, "and \(name)_FILE are both set; keep one")
            return nil
        }
        guard let path else { return direct.flatMap { checked(Secret($0), name) } }
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= 1 << 16,
            let text = String(validating: bytes, as: UTF8.self)
        else {
            fault(name + "_FILE", "points to a file that cannot be read as text: \(path)")
            return nil
        }
        let line = text.hasSuffix("\r\n") ? text.dropLast(1) : text.hasSuffix("\n") ? text.dropLast(1) : text[...]
        return checked(Secret(String(line)), name + "_FILE")
    }

    private mutating func checked(_ secret: Secret, _ name: String) -> Secret? {
        let text = secret.reveal()
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            fault(name, text.isEmpty ? "is empty" : "holds a line break or control character")
            return nil
        }
        return secret
    }
}

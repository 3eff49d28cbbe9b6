/// Appends samples in the Prometheus text format, version 0.0.4.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
public struct PrometheusText: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public enum Kind: String, Sendable {
        case counter, gauge, histogram, summary
    }

    /// Begins a metric; its samples follow.
    public mutating func begin(_ name: String, _ kind: Kind, help: String?) {
        if let help { append("# HELP \(name) \(Self.escaped(help, isValue: false))\n") }
        append("# TYPE \(name) \(kind.rawValue)\n")
    }

    /// - Parameter labels: ready-made, without braces; empty for none.
    public mutating func sample(_ name: String, _ labels: String = "", _ value: Double) {
        append(labels.isEmpty ? "\(name) " : "\(name){\(labels)} ")
        append(Self.number(value))
        append("\n")
    }

    /// One label as it stands in a sample. Values are cut after 128 bytes: they come from closed sets.
    static func label(_ name: String, _ value: String) -> String {
        "\(name)=\"\(escaped(value.cleaned(upTo: 128), isValue: true))\""
    }

    static func number(_ value: Double) -> String {
        if let whole = Int(exactly: value) { return String(whole) }
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return "\(value)"
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func escaped(_ text: String, isValue: Bool) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where isValue: result += "\\\""
            default: result.append(character)
            }
        }
        return result
    }
}

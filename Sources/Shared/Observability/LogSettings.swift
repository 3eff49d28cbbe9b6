public import Logging

/// How much is logged, and in which form.
///
/// | key | type | default |
/// | --- | --- | --- |
/// | `OHRA_LOG_LEVEL` | `trace`, `debug`, `info`, `notice`, `warning`, `error`, `critical` | `info` |
/// | `OHRA_LOG_FORMAT` | `json`, `text` | `text` when standard error is a terminal, else `json` |
public struct LogSettings: Sendable, Equatable {
    public enum Format: String, Sendable, CaseIterable {
        /// One JSON object per line, for machines.
        case json
        /// One readable line, coloured on a terminal.
        case text
    }

    public var level: Logger.Level
    public var format: Format

    public init(level: Logger.Level = .info, format: Format? = nil) {
        self.level = level
        self.format = format ?? (Terminal.standardError.isInteractive ? .text : .json)
    }

    /// Reads the keys above.
    public init(_ reader: inout SettingsReader) {
        let fallback = LogSettings()
        level = reader.choice("OHRA_LOG_LEVEL", default: fallback.level)
        format = reader.choice("OHRA_LOG_FORMAT", default: fallback.format)
    }
}

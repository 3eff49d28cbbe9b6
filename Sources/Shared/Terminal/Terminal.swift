import Glibc

/// What is known of the device behind a file descriptor: whether a person watches it, how wide it is, whether it has colours.
public struct Terminal: Sendable {
    public let descriptor: Int32
    /// Whether the descriptor is a terminal that understands cursor movement.
    public let isInteractive: Bool
    /// Whether to colour text: an interactive terminal, and the environment does not ask for plain text.
    public let usesColor: Bool
    private let fixedColumns: Int?

    /// Looks at a descriptor once.
    ///
    /// `NO_COLOR` with any value but the empty one (https://no-color.org) and `TERM=dumb` switch colours off; the latter
    /// also switches live progress off.
    public init(descriptor: Int32) {
        self.init(descriptor: descriptor) { name in getenv(name).map { String(cString: $0) } }
    }

    /// - Parameter environment: the value of a variable, nil when not set.
    init(descriptor: Int32, environment: (String) -> String?) {
        let isDumb = environment("TERM") == "dumb"
        self.descriptor = descriptor
        isInteractive = isatty(descriptor) == 1 && !isDumb
        usesColor = isInteractive && (environment("NO_COLOR") ?? "").isEmpty
        fixedColumns = nil
    }

    /// A terminal with given properties, for tests and for output that is laid out for nobody in particular.
    public init(isInteractive: Bool, usesColor: Bool, columns: Int, descriptor: Int32 = -1) {
        self.descriptor = descriptor
        self.isInteractive = isInteractive
        self.usesColor = usesColor
        fixedColumns = columns
    }

    public static let standardOutput = Terminal(descriptor: STDOUT_FILENO)
    public static let standardError = Terminal(descriptor: STDERR_FILENO)

    /// Width in columns, asked anew each time because windows are resized; 80 where the device does not tell.
    public var columns: Int {
        if let fixedColumns { return fixedColumns }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Height in rows, asked anew each time; 24 where the device does not tell.
    public var rows: Int {
        var size = winsize()
        guard fixedColumns == nil, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }

    /// `text` in a style, or as it is where colours are not wanted.
    public func styled(_ text: String, _ style: TextStyle) -> String {
        usesColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// Styles of terminal text. The raw value is the SGR parameter (ECMA-48 §8.3.117).
public enum TextStyle: Int, Sendable {
    case bold = 1
    case faint = 2
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case magenta = 35
    case cyan = 36
}

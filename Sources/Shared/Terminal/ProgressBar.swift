/// A bar that is filled from the left.
public enum ProgressBar {
    /// - Parameters:
    ///   - share: from 0 to 1.
    ///   - width: cells between its ends.
    public static func text(_ share: Double, width: Int) -> String {
        // Eighths of a cell, so that slow work is seen to move.
        let eighths = Int(min(max(share, 0), 1) * Double(width * 8))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let filled = String(repeating: "█", count: eighths / 8) + partial
        return "▕" + filled.padded(toWidth: width) + "▏"
    }
}

/// The label of a panel, the same for both formats.
///
/// The names are a trap: what the new editor and ADF call `warning`, `error` and `success`, storage format calls `note`,
/// `warning` and `tip`. The storage names are used, as the macros were long called so.
enum PanelKind {
    static func label(ofMacro name: String) -> String? {
        switch name {
        case "info": "Info"
        case "note": "Note"
        case "warning": "Warning"
        case "tip": "Tip"
        default: nil
        }
    }

    static func label(ofADF kind: String) -> String? {
        switch kind {
        case "info": "Info"
        case "note", "warning": "Note"
        case "error": "Warning"
        case "success", "tip": "Tip"
        default: nil
        }
    }
}

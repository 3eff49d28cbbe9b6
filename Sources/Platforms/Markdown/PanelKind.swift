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
        case "tip", "success": "Tip"
        case "error": "Warning"
        default: nil
        }
    }

    /// Jira's editor writes ADF panels as wiki markup with these background colours.
    static func label(ofColour colour: String) -> String? {
        switch colour.lowercased() {
        case "#deebff": "Info"
        case "#eae6ff", "#fffae6": "Note"
        case "#e3fcef": "Tip"
        case "#ffebe6": "Warning"
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

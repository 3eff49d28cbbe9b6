package import Shared

extension SourceRegistry {
    /// The words that commands take, in the order of the registry.
    package static var names: [String] { types.map { $0.name } }

    /// The sources that a run is to read, set up from their settings.
    ///
    /// - Parameter name: a source's name, or `all` for every configured one. Nothing configured is a fault.
    package static func configured(
        _ name: String, from settings: inout SettingsReader, transport: any HTTPTransport
    ) -> [any DocumentSource] {
        let transport = PacedTransport(transport)
        let faultsBefore = settings.faults.count
        var configured: [any DocumentSource] = []
        for type in types where name == "all" || type.name == name {
            if let source = type.configured(from: &settings, transport: transport) { configured.append(source) }
        }
        if configured.isEmpty, settings.faults.count == faultsBefore {
            let wanted = types.filter { name == "all" || $0.name == name }.map { $0.mainSetting }
            settings.fault(wanted.joined(separator: " or "), "is not set, so there is nothing to read")
        }
        return configured
    }
}

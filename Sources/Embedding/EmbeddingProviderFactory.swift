public import Shared

/// Makes the provider that the settings name.
public enum EmbeddingProviderFactory {
    /// - Parameter transport: used by providers behind HTTP only.
    /// - Throws: ``SettingsError`` when the settings name a provider that is not available or miss something it needs.
    ///   Settings that were read without a fault never do.
    public static func make(
        _ settings: EmbeddingSettings, transport: any HTTPTransport
    ) throws(SettingsError) -> any EmbeddingProvider {
        switch settings.provider {
        case .hash:
            let dimension = settings.dimension ?? HashProvider.defaultDimension
            guard EmbeddingSettings.hashDimensions.contains(dimension) else {
                throw SettingsError(["OHRA_EMBEDDING_DIMENSION must be a whole number from 8 to 4096"])
            }
            return HashProvider(dimension: dimension)
        case .openai:
            guard let url = settings.url, let model = settings.model else {
                throw SettingsError(["the provider 'openai' needs OHRA_EMBEDDING_URL and OHRA_EMBEDDING_MODEL"])
            }
            var options = OpenAIOptions(url: url, model: model, apiKey: settings.apiKey, dimension: settings.dimension)
            options.queryPrefix = settings.queryPrefix ?? ""
            options.documentPrefix = settings.documentPrefix ?? ""
            options.server = settings.server
            return OpenAIProvider(options, transport: transport)
        case .local:
            return LocalProvider(
                LocalOptions(
                    model: settings.model, precision: settings.precision, engine: settings.engine,
                    threads: settings.threads, dimension: settings.dimension, queryPrefix: settings.queryPrefix,
                    documentPrefix: settings.documentPrefix))
        }
    }
}

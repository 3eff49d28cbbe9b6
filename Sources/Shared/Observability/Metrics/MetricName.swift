/// The metrics of the fleet. The unit is part of the name: seconds, bytes, or the thing counted.
///
/// The stage is a label and not the first word of the name, so that one query covers the fleet and one dashboard serves
/// all three programs.
public struct MetricName: Sendable, Hashable {
    public let name: String
    public let help: String

    private init(_ name: String, _ help: String) {
        self.name = name
        self.help = help
    }

    /// Labels `stage`, `queue`, `outcome`.
    public static let deliveries = MetricName("ohra_deliveries_total", "Deliveries handled and settled")
    /// Labels `stage`, `outcome`.
    public static let deliveryDuration = MetricName(
        "ohra_delivery_duration_seconds", "Time from receiving a delivery to settling it")
    /// Labels `stage`, `delay`, `reason`.
    public static let retries = MetricName("ohra_retries_total", "Deliveries moved to a retry queue")
    /// Labels `stage`, `reason`.
    public static let deadLetters = MetricName("ohra_dead_letters_total", "Messages or parts moved to the dead letters")
    /// Labels `stage`, `reason`.
    public static let pauses = MetricName("ohra_pauses_total", "Waits for a service that does not answer")
    /// Labels `stage`, `kind`, `outcome`.
    public static let publishings = MetricName("ohra_publishings_total", "Publishings by the broker's answer")
    /// Labels `stage`, `kind`.
    public static let publishedBytes = MetricName("ohra_published_bytes_total", "Bytes of confirmed bodies")
    /// Labels `stage`, `kind`.
    public static let publishDuration = MetricName(
        "ohra_publish_duration_seconds", "Time from handing over a publishing to its confirm")
    /// Labels `stage`, `outcome`.
    public static let documents = MetricName("ohra_documents_total", "Documents worked on")
    /// Labels `stage`, `outcome`.
    public static let vectors = MetricName("ohra_vectors_total", "Vectors worked on")

    public static let all: [MetricName] = [
        deliveries, deliveryDuration, retries, deadLetters, pauses, publishings, publishedBytes, publishDuration,
        documents, vectors,
    ]

    private static let helpByName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.help) })

    static func help(of name: String) -> String? { helpByName[name] }
}

/// Keys of log metadata. Dotted, closed, the same in all programs; messages are constant sentences and carry no data.
public enum LogKey {
    // Where it happened.
    public static let service = "service"
    public static let stage = "stage"
    public static let source = "source"
    public static let scope = "source.scope"
    public static let run = "run.id"

    // What was worked on.
    public static let document = "document.id"
    public static let documentCount = "document.count"
    public static let vectorCount = "vector.count"
    public static let batch = "batch.id"
    public static let bytes = "batch.bytes"
    public static let message = "message.id"
    public static let attempt = "attempt"
    public static let fingerprint = "pipeline.fingerprint"
    public static let model = "embedding.model"
    public static let dimension = "embedding.dimension"
    public static let advice = "embedding.advice"

    // The servers.
    public static let queue = "amqp.queue"
    public static let exchange = "amqp.exchange"
    public static let routingKey = "amqp.routing_key"
    public static let replyCode = "amqp.reply_code"
    public static let collection = "qdrant.collection"
    public static let host = "host"
    public static let port = "port"
    public static let endpoint = "http.endpoint"
    public static let status = "http.status"

    // How it went.
    public static let outcome = "outcome"
    /// Seconds, as a number.
    public static let duration = "duration.seconds"
    /// Seconds until the next try.
    public static let pause = "pause.seconds"
    public static let delay = "retry.delay"
    public static let errorCode = "error.code"
    public static let errorDetail = "error.detail"
    /// Log lines dropped because nobody read them.
    public static let lostLines = "log.lost_lines"
}

/// What this fleet calls itself in requests.
public enum UserAgent {
    public static let value = "ohra-worker-sync/1.0.0"
}

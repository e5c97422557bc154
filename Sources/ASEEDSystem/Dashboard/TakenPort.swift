/// Who keeps a TCP port from being listened on.
public enum TakenPort {
    /// The process that listens on a port, as messages name it; nil when it can't be seen.
    public static func holder(port: Int) -> String? { PortHolder.find(port: port) }
}

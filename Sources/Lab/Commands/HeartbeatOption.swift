internal import ASEEDSystem

/// `--heartbeat FILE` of the services that have no other way to be asked.
enum HeartbeatOption {
    static let option = CommandSpec.Option(
        "heartbeat", "FILE", help: "write there, twice a second, what the service does")

    /// Begins to write; nil when it was not asked for.
    static func start(
        _ arguments: Arguments, service: String, command: String, log: Log
    ) throws -> HeartbeatWriter? {
        guard let path = arguments.string("heartbeat") else { return nil }
        do throws(SystemError) {
            return try HeartbeatWriter(path: path, service: service, log: log)
        } catch {
            throw CommandFailure(.inputOutput, "lab \(command): the heartbeat file: \(error)")
        }
    }
}

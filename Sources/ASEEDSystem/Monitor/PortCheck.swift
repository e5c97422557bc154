/// Whether a port can be listened on.
public enum PortCheck {
    /// Tries an address and a port, and lets go of them again.
    ///
    /// - Throws: `DashboardError.portTaken` with who holds it, or why it can't be listened on.
    public static func run(address: String = "127.0.0.1", port: Int) throws(DashboardError) {
        guard port != 0 else { return }
        try ListenCheck.run(address: address, port: port)
    }
}

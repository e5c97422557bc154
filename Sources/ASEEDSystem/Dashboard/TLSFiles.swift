internal import Glibc

/// The certificate chain and the private key of a server with TLS, PEM files.
public struct TLSFiles: Sendable {
    /// The chain, the server's own certificate first.
    public let certificate: String
    /// The private key, which only this user may read.
    public let key: String

    /// Checks the files.
    ///
    /// - Throws: `DashboardError.configuration` when one can't be read, or others may read the key.
    public init(certificate: String, key: String) throws(DashboardError) {
        for path in [certificate, key] where access(path, R_OK) != 0 {
            throw .configuration("TLS: \(SystemError("read \(path)", errno: errno))")
        }
        var status = stat()
        guard stat(key, &status) == 0, status.st_mode & 0o077 == 0 else {
            throw .configuration(
                "TLS: others may read \(key); make it yours alone: chmod 600 \(key)")
        }
        self.certificate = certificate
        self.key = key
    }
}

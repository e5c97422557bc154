internal import CCurl
internal import CWebSockets

/// Versions of the C libraries that this process runs with, which may be newer than those it was
/// built with.
public enum LibraryVersions {
    /// libcurl, for example `7.88.1`.
    public static var curl: String {
        guard let info = curl_version_info(CURLVERSION_FIRST), let version = info.pointee.version
        else { return "unknown" }
        return String(cString: version)
    }

    /// libwebsockets, for example `4.1.6`; the part after it names the build.
    public static var webSockets: String {
        guard let version = lws_get_library_version() else { return "unknown" }
        return String(cString: version)
    }
}

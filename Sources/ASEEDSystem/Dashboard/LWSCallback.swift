internal import CWebSockets

/// Every event of libwebsockets arrives here and goes to the event loop of its context.
@c(aseed_dashboard_callback)
func dashboardCallback(
    _ wsi: OpaquePointer?, _ reason: lws_callback_reasons, _ user: UnsafeMutableRawPointer?,
    _ data: UnsafeMutableRawPointer?, _ length: Int
) -> Int32 {
    guard let wsi, let context = lws_get_context(wsi), let owner = lws_context_user(context) else {
        return 0
    }
    let loop = Unmanaged<WebEventLoop>.fromOpaque(owner).takeUnretainedValue()
    let bytes = UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : length)
    return loop.handle(reason, wsi, bytes) ? 0 : -1
}

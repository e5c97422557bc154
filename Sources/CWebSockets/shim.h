#pragma once
#include <libwebsockets.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/// LWS_PRE is an expression macro; Swift imports enum constants only.
enum { CWS_PRE = LWS_PRE };

/// For an answer without Content-Length; the macro is a cast expression.
static const lws_filepos_t cws_no_length = LWS_ILLEGAL_HTTP_CONTENT_LEN;

/// OpenSSL's options against SSL 3, TLS 1.0 and 1.1; long casts in its header.
static const long cws_no_old_tls = 0x02000000L | 0x04000000L | 0x10000000L;

/// Bounds what the kernel holds of a connection that is not read from.
static inline void cws_set_send_buffer(int socket, int bytes) {
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

/// How many bytes the program has read from a TCP socket so far; -1 where the kernel can't tell,
/// -2 when bytes come in too fast to tell.
static inline int64_t cws_bytes_read(int socket) {
    // Where linux/tcp.h has tcpi_bytes_received (a fixed place; glibc's older struct ends before it).
    enum { offset = 128 };
    for (int attempt = 0; attempt < 100; attempt++) {
        unsigned char info[256];
        uint64_t received = 0;
        socklen_t length = sizeof info;
        int before = 0, after = 0;
        if (ioctl(socket, SIOCINQ, &before) != 0 ||
            getsockopt(socket, IPPROTO_TCP, TCP_INFO, info, &length) != 0 ||
            length < offset + sizeof received || ioctl(socket, SIOCINQ, &after) != 0) {
            return -1;
        }
        memcpy(&received, info + offset, sizeof received);
        if (before == after) return (int64_t)received - after;  // nothing came in between
    }
    return -2;
}

#define _GNU_SOURCE
#include "cprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t is_open;
static int screen_input, screen_output;
static struct termios before;

// What ends a process from inside; the other signals are taken by a thread that ends it in order.
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
enum { fatal_count = sizeof fatal / sizeof fatal[0] };
static struct sigaction fatal_before[fatal_count];

// Other screen, cursor hidden, no line wrap; and the way back.
static const char enter[] = "\033[?1049h\033[?25l\033[?7l\033[2J\033[H";
static const char leave[] = "\033[0m\033[?7h\033[?25h\033[?1049l";

static void put(const char *text, size_t size) {
    while (size > 0) {
        ssize_t wrote = write(screen_output, text, size);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return;
        text += wrote;
        size -= (size_t)wrote;
    }
}

// Only calls that a signal handler may make.
void cprocess_screen_close(void) {
    if (!is_open) return;
    is_open = 0;
    put(leave, sizeof leave - 1);
    tcsetattr(screen_input, TCSANOW, &before);
}

static void on_fatal(int number) {
    cprocess_screen_close();
    for (int index = 0; index < fatal_count; index++)
        if (fatal[index] == number) sigaction(number, &fatal_before[index], NULL);
    raise(number);
}

int cprocess_screen_open(int input, int output) {
    static int is_registered;
    if (is_open) return 0;
    if (tcgetattr(input, &before) != 0) return errno;
    screen_input = input;
    screen_output = output;
    struct termios keys = before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    // Stopped by Ctrl-Z, it would leave the terminal like this.
    keys.c_cc[VSUSP] = _POSIX_VDISABLE;
    if (tcsetattr(input, TCSANOW, &keys) != 0) return errno;
    is_open = 1;
    if (!is_registered) {
        is_registered = 1;
        atexit(cprocess_screen_close);
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = on_fatal;
        action.sa_flags = SA_NODEFER;
        for (int index = 0; index < fatal_count; index++)
            sigaction(fatal[index], &action, &fatal_before[index]);
    }
    put(enter, sizeof enter - 1);
    return 0;
}

int cprocess_pty(int columns, int rows, char *name, unsigned long size) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) return -errno;
    struct winsize shape = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    if (grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, size) != 0 ||
        ioctl(master, TIOCSWINSZ, &shape) != 0) {
        int code = errno;
        close(master);
        return -code;
    }
    return master;
}

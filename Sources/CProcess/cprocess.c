#define _GNU_SOURCE
#include "cprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int cprocess_die_with_parent(void) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 ? 0 : errno;
}

void cprocess_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

int cprocess_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno; }

int cprocess_add_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// By number: glibc has them since 2.36 only.
int cprocess_pidfd_open(int pid) {
    long descriptor = syscall(SYS_pidfd_open, pid, 0);
    return descriptor < 0 ? -errno : (int)descriptor;
}

int cprocess_pidfd_signal(int descriptor, int number) {
    return syscall(SYS_pidfd_send_signal, descriptor, number, (void *)0, 0) == 0 ? 0 : errno;
}

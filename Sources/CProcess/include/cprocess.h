#ifndef CPROCESS_H
#define CPROCESS_H

#include <spawn.h>

// What Swift can't call: prctl is variadic, pipe2 needs _GNU_SOURCE; and what must be safe inside of a
// signal handler.

/// Asks the kernel to kill this process when the thread that started it ends. Kept over execve.
/// Returns 0, or the error number.
int cprocess_die_with_parent(void);

/// Makes a pipe that no child inherits by accident: reading end, writing end.
/// Returns 0, or the error number.
int cprocess_pipe(int ends[2]);

/// Names the calling thread; 15 bytes show.
void cprocess_name_thread(const char *name);

/// Shows the terminal's other screen and gives keys one by one, without echo; Ctrl-C stays a signal.
/// What was there before comes back with cprocess_screen_close, at exit, and before a crash ends the
/// process. Returns 0, or the error number.
int cprocess_screen_open(int input, int output);

/// Gives the terminal back as it was; nothing when no screen is open.
void cprocess_screen_close(void);

/// Makes a pseudo-terminal of that size; `name` gets the path of its slave. Returns the master's
/// descriptor, or minus the error number.
int cprocess_pty(int columns, int rows, char *name, unsigned long size);
/// Adds to what a spawned program does first: close every descriptor from this one on. Returns 0,
/// or the error number.
int cprocess_add_close_from(posix_spawn_file_actions_t *actions, int first);

/// Opens a descriptor of a process, which becomes readable at its end and never means another
/// process. Returns it, or minus the error number.
int cprocess_pidfd_open(int pid);

/// Sends a signal to the process of a descriptor. Returns 0, or the error number.
int cprocess_pidfd_signal(int descriptor, int number);

#endif

#pragma once
#include <sqlite3.h>

/// SQLite copies the value before the call returns (the macro is a cast that Swift cannot import).
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }
/// The caller keeps the value alive until the statement is reset or rebound.
static inline sqlite3_destructor_type csqlite_static(void) { return SQLITE_STATIC; }

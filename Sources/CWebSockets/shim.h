#pragma once
#include <libwebsockets.h>

/// LWS_PRE is an expression macro; Swift imports enum constants only.
enum { CWS_PRE = LWS_PRE };

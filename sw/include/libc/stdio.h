// SPDX-License-Identifier: Apache-2.0
// The part of <stdio.h> that bare-metal programs use: text output through HTIF, buffered by line
// (sw/runtime/stdio.c).
#pragma once

#include <stdarg.h>
#include <stddef.h>

/// Conversions d i u x X c s p % with flags 0 and -, width, precision (strings) and lengths h l ll
/// z; no floating point.
int printf(const char* format, ...) __attribute__((format(printf, 1, 2)));
int vprintf(const char* format, va_list arguments) __attribute__((format(printf, 1, 0)));
int snprintf(char* to, size_t size, const char* format, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char* to, size_t size, const char* format, va_list arguments)
    __attribute__((format(printf, 3, 0)));
int puts(const char* text);
int putchar(int character);

/// Sends what is buffered to the host; exit() does it too.
void fb_flush(void);

// SPDX-License-Identifier: Apache-2.0
// The host-target interface: how a program talks to whoever runs it (`freebits exec`, any HTIF
// host).
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The two mailboxes, at addresses the host finds in the ELF's symbol table.
extern volatile uint64_t tohost, fromhost;

/// Ends the program; `code` (31 bits) is what the host sees. Console output still buffered is lost:
/// see exit() of stdlib.h.
void fb_exit(int code) __attribute__((noreturn));

/// Writes to the host's console, unbuffered.
void fb_write(const char* text, size_t length);

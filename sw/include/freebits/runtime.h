// SPDX-License-Identifier: Apache-2.0
// The bare-metal runtime: console, exit, cycle counts, traps.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Ends the program; `code` 0 means success.
__attribute__((noreturn)) void fb_exit(int code);

void fb_putc(char character);
void fb_puts(const char *text);
void fb_put_hex(uint32_t value);
void fb_put_dec(int32_t value);

/// Called on every trap with mcause, mepc and mtval; returns the address to go on at. Define it to handle traps; the default
/// reports and exits with code 1.
uint32_t fb_trap(uint32_t cause, uint32_t epc, uint32_t tval);

static inline uint32_t fb_cycles(void) {
  uint32_t value;
  __asm__ volatile("csrr %0, mcycle" : "=r"(value));
  return value;
}

static inline uint32_t fb_instructions(void) {
  uint32_t value;
  __asm__ volatile("csrr %0, minstret" : "=r"(value));
  return value;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);

// SPDX-License-Identifier: Apache-2.0
#include "freebits/htif.h"

__attribute__((section(".tohost"), aligned(64), used)) volatile uint64_t tohost;
__attribute__((section(".tohost"), aligned(64), used)) volatile uint64_t fromhost;

enum { kSysWrite = 64, kStandardOutput = 1 };

// The upper word completes the 64-bit message, so it is stored last.
static void send(uint32_t lower, uint32_t upper) {
  volatile uint32_t* mailbox = (volatile uint32_t*)&tohost;
  mailbox[0] = lower;
  mailbox[1] = upper;
}

void fb_exit(int code) {
  for (;;) send((uint32_t)code << 1 | 1, 0);
}

void fb_write(const char* text, size_t length) {
  static volatile uint64_t call[8] __attribute__((aligned(64)));
  call[0] = kSysWrite;
  call[1] = kStandardOutput;
  call[2] = (uintptr_t)text;
  call[3] = length;
  fromhost = 0;
  send((uint32_t)(uintptr_t)call, 0);
  while (fromhost == 0) {
  }
  fromhost = 0;
}

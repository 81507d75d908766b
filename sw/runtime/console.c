// SPDX-License-Identifier: Apache-2.0
// Console and exit through the host-target interface (HTIF): stores to `tohost`.
#include "freebits/runtime.h"

extern volatile uint32_t tohost[2];

void fb_exit(int code) {
  tohost[0] = ((uint32_t)code << 1) | 1;
  tohost[1] = 0;
  for (;;) {
  }
}

void fb_putc(char character) {
  tohost[0] = (unsigned char)character;
  tohost[1] = 0x01010000;  // device 1, command 1
}

void fb_puts(const char *text) {
  while (*text != '\0') fb_putc(*text++);
}

void fb_put_hex(uint32_t value) {
  fb_puts("0x");
  for (int shift = 28; shift >= 0; shift -= 4) fb_putc("0123456789abcdef"[value >> shift & 15]);
}

void fb_put_dec(int32_t value) {
  char digits[11];
  int count = 0;
  uint32_t rest = value < 0 ? 0U - (uint32_t)value : (uint32_t)value;
  do {
    digits[count++] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (value < 0) fb_putc('-');
  while (count > 0) fb_putc(digits[--count]);
}

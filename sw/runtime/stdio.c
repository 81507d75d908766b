// SPDX-License-Identifier: Apache-2.0
// Formatted output. One formatter writes through a sink: the console's line buffer or the caller's
// array.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "freebits/htif.h"

// A cluster's runtime keeps the lines of its cores apart (cluster.c).
__attribute__((weak)) void fb_console_lock(void) {}
__attribute__((weak)) void fb_console_unlock(void) {}

static char line[256];
static size_t line_length;

void fb_flush(void) {
  if (line_length == 0) return;
  fb_write(line, line_length);
  line_length = 0;
}

int putchar(int character) {
  line[line_length++] = (char)character;
  if (character == '\n' || line_length == sizeof line) fb_flush();
  return (unsigned char)character;
}

int puts(const char* text) {
  fb_console_lock();
  while (*text != '\0') putchar(*text++);
  putchar('\n');
  fb_console_unlock();
  return '\n';
}

// A cluster's runtime looks at its cores' stacks once more (cluster.c).
__attribute__((weak)) void fb_check_stacks(void) {}

void exit(int code) {
  static bool leaving;
  if (!leaving) {
    leaving = true;
    fb_check_stacks();
  }
  fb_console_lock();  // nobody's line is cut in two
  fb_flush();
  fb_exit(code);
}

void abort(void) { exit(134); }

struct sink {
  char* to;  // null: the console
  size_t size;
  size_t length;  // characters produced, stored or not
};

static void put(struct sink* sink, char character) {
  if (sink->to == NULL) {
    putchar(character);
  } else if (sink->length + 1 < sink->size) {
    sink->to[sink->length] = character;
  }
  ++sink->length;
}

struct conversion {
  bool left, zeros;
  unsigned width;
  unsigned precision;  // strings only
  bool wide;           // 64-bit argument
};

static void put_padded(struct sink* sink, const struct conversion* c, const char* sign,
                       const char* text, size_t length) {
  const size_t used = length + strlen(sign);
  size_t padding = c->width > used ? c->width - used : 0;
  if (!c->left && !c->zeros) {
    for (; padding > 0; --padding) put(sink, ' ');
  }
  while (*sign != '\0') put(sink, *sign++);
  if (!c->left) {
    for (; padding > 0; --padding) put(sink, '0');
  }
  for (size_t i = 0; i < length; ++i) put(sink, text[i]);
  for (; padding > 0; --padding) put(sink, ' ');
}

static void put_number(struct sink* sink, const struct conversion* c, const char* sign,
                       uint64_t value, unsigned base, const char* digits) {
  char text[20];
  char* end = text + sizeof text;
  char* begin = end;
  while (value >> 32 != 0) {
    *--begin = digits[value % base];
    value /= base;
  }
  uint32_t rest = (uint32_t)value;  // no 64-bit division for ordinary numbers
  do {
    *--begin = digits[rest % base];
    rest /= base;
  } while (rest != 0);
  put_padded(sink, c, sign, begin, (size_t)(end - begin));
}

static void put_string(struct sink* sink, struct conversion* c, const char* text) {
  size_t length = 0;
  while (length < c->precision && text[length] != '\0') ++length;
  c->zeros = false;
  put_padded(sink, c, "", text, length);
}

static unsigned parse_number(const char** format) {
  unsigned value = 0;
  while (**format >= '0' && **format <= '9') value = value * 10 + (unsigned)(*(*format)++ - '0');
  return value;
}

static struct conversion parse_conversion(const char** format) {
  struct conversion c = {.precision = ~0U};
  for (;; ++*format) {
    if (**format == '-') {
      c.left = true;
    } else if (**format == '0') {
      c.zeros = true;
    } else {
      break;
    }
  }
  c.width = parse_number(format);
  if (**format == '.') {
    ++*format;
    c.precision = parse_number(format);
  }
  for (; **format == 'l' || **format == 'h' || **format == 'z'; ++*format) {
    c.wide = **format == 'l' && (*format)[1] == 'l' ? true : c.wide;
  }
  return c;
}

static void put_formatted(struct sink* sink, const char* format, va_list* arguments) {
  static const char kLower[] = "0123456789abcdef";
  static const char kUpper[] = "0123456789ABCDEF";
  for (; *format != '\0'; ++format) {
    if (*format != '%') {
      put(sink, *format);
      continue;
    }
    ++format;
    struct conversion c = parse_conversion(&format);
    switch (*format) {
      case 'd':
      case 'i': {
        const int64_t value = c.wide ? va_arg(*arguments, int64_t) : va_arg(*arguments, int32_t);
        const uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
        put_number(sink, &c, value < 0 ? "-" : "", magnitude, 10, kLower);
        break;
      }
      case 'u':
      case 'x':
      case 'X': {
        const uint64_t value = c.wide ? va_arg(*arguments, uint64_t) : va_arg(*arguments, uint32_t);
        put_number(sink, &c, "", value, *format == 'u' ? 10 : 16, *format == 'X' ? kUpper : kLower);
        break;
      }
      case 'p':
        put_number(sink, &c, "0x", (uintptr_t)va_arg(*arguments, void*), 16, kLower);
        break;
      case 'c': {
        const char character = (char)va_arg(*arguments, int);
        put_padded(sink, &c, "", &character, 1);
        break;
      }
      case 's':
        put_string(sink, &c, va_arg(*arguments, const char*));
        break;
      case '%':
        put(sink, '%');
        break;
      default:  // end of the string, or a conversion that is not offered
        puts("printf: unknown conversion");
        abort();
    }
  }
}

int vprintf(const char* format, va_list arguments) {
  struct sink sink = {0};
  va_list copy;
  va_copy(copy, arguments);
  fb_console_lock();
  put_formatted(&sink, format, &copy);
  fb_console_unlock();
  va_end(copy);
  return (int)sink.length;
}

int printf(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vprintf(format, arguments);
  va_end(arguments);
  return length;
}

int vsnprintf(char* to, size_t size, const char* format, va_list arguments) {
  char nowhere;
  struct sink sink = {.to = size > 0 ? to : &nowhere, .size = size};
  va_list copy;
  va_copy(copy, arguments);
  put_formatted(&sink, format, &copy);
  va_end(copy);
  if (size > 0) to[sink.length < size ? sink.length : size - 1] = '\0';
  return (int)sink.length;
}

int snprintf(char* to, size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(to, size, format, arguments);
  va_end(arguments);
  return length;
}

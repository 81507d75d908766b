// SPDX-License-Identifier: Apache-2.0
// Named intrinsics for every instruction that clang-19 does not emit by itself, up to the level the
// program is built for (FREEBITS_LEVEL, set by freebits_riscv_program): what the core would trap on
// does not compile. Packed vectors are uint32_t, lane 0 in the low bits. Includes the assembler
// macros of asm.h for use inside asm statements.
#pragma once

#include <stdint.h>

#include "freebits/csr.h"
#include "freebits/isa_numbers.h"

#ifndef FREEBITS_LEVEL
#error "FREEBITS_LEVEL (0 ... 4) is not set: build with freebits_riscv_program()"
#endif

#if __has_include("freebits/asm.h")  // recorded as a dependency
__asm__(".include \"freebits/asm.h\"");
#endif

#define FB_INTRINSIC static inline __attribute__((always_inline, unused))

// Operand shapes. Immediates must be compile-time constants.
#define FB_OP1(name, mnemonic)                      \
  FB_INTRINSIC uint32_t name(uint32_t a) {          \
    uint32_t d;                                     \
    __asm__(mnemonic " %0, %1" : "=r"(d) : "r"(a)); \
    return d;                                       \
  }
#define FB_OP2(name, mnemonic)                                  \
  FB_INTRINSIC uint32_t name(uint32_t a, uint32_t b) {          \
    uint32_t d;                                                 \
    __asm__(mnemonic " %0, %1, %2" : "=r"(d) : "r"(a), "r"(b)); \
    return d;                                                   \
  }
#define FB_OP1I(name, mnemonic)                                   \
  FB_INTRINSIC uint32_t name(uint32_t a, int imm) {               \
    uint32_t d;                                                   \
    __asm__(mnemonic " %0, %1, %2" : "=r"(d) : "r"(a), "i"(imm)); \
    return d;                                                     \
  }
#define FB_OP1II(name, mnemonic)                                                  \
  FB_INTRINSIC uint32_t name(uint32_t a, int imm1, int imm2) {                    \
    uint32_t d;                                                                   \
    __asm__(mnemonic " %0, %1, %2, %3" : "=r"(d) : "r"(a), "i"(imm1), "i"(imm2)); \
    return d;                                                                     \
  }
#define FB_OP2I(name, mnemonic)                                               \
  FB_INTRINSIC uint32_t name(uint32_t a, uint32_t b, int imm) {               \
    uint32_t d;                                                               \
    __asm__(mnemonic " %0, %1, %2, %3" : "=r"(d) : "r"(a), "r"(b), "i"(imm)); \
    return d;                                                                 \
  }
// The same with the old destination as first operand.
#define FB_ACC1I(name, mnemonic)                                  \
  FB_INTRINSIC uint32_t name(uint32_t d, uint32_t a, int imm) {   \
    __asm__(mnemonic " %0, %1, %2" : "+r"(d) : "r"(a), "i"(imm)); \
    return d;                                                     \
  }
#define FB_ACC1II(name, mnemonic)                                                 \
  FB_INTRINSIC uint32_t name(uint32_t d, uint32_t a, int imm1, int imm2) {        \
    __asm__(mnemonic " %0, %1, %2, %3" : "+r"(d) : "r"(a), "i"(imm1), "i"(imm2)); \
    return d;                                                                     \
  }
#define FB_ACC2(name, mnemonic)                                    \
  FB_INTRINSIC uint32_t name(uint32_t d, uint32_t a, uint32_t b) { \
    __asm__(mnemonic " %0, %1, %2" : "+r"(d) : "r"(a), "r"(b));    \
    return d;                                                      \
  }
#define FB_ACC2I(name, mnemonic)                                              \
  FB_INTRINSIC uint32_t name(uint32_t d, uint32_t a, uint32_t b, int imm) {   \
    __asm__(mnemonic " %0, %1, %2, %3" : "+r"(d) : "r"(a), "r"(b), "i"(imm)); \
    return d;                                                                 \
  }

#if FREEBITS_LEVEL >= LEVEL_XPULPV2
#include "freebits/intrinsics/corev_memory.h"
#include "freebits/intrinsics/corev_scalar.h"
#include "freebits/intrinsics/corev_simd.h"
#endif
#if FREEBITS_LEVEL >= LEVEL_XPULPNN
#include "freebits/intrinsics/requant.h"
#include "freebits/intrinsics/subbyte.h"
#endif
#if FREEBITS_LEVEL >= LEVEL_MIXED
#include "freebits/intrinsics/mixed.h"
#endif
#if FREEBITS_LEVEL >= LEVEL_FLEXV
#include "freebits/intrinsics/mac_load.h"
#endif
